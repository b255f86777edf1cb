"""What a paper is, and the names arXiv gives it: ids, versions, categories."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

# https://info.arxiv.org/help/arxiv_identifier.html; the old archives are closed since 2007-04.
# In the order of their ids, where the slash counts: "math-ph/" comes before "math/".
OLD_ARCHIVES = (
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn",
    "chem-ph", "cmp-lg", "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex",
    "hep-lat", "hep-ph", "hep-th", "math-ph", "math", "mtrl-th", "nlin", "nucl-ex", "nucl-th",
    "patt-sol", "physics", "plasm-ph", "q-alg", "q-bio", "quant-ph", "solv-int", "supr-con",
)  # fmt: skip

# https://arxiv.org/category_taxonomy, and the bare names that papers carried before their archives were divided.
_SUBJECTS = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO "
    "SC SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "nlin": "AO CD CG PS SI",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph "
    "geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
}
_BARE = "gr-qc hep-ex hep-lat hep-ph hep-th math-ph nucl-ex nucl-th quant-ph astro-ph q-bio cond-mat"
CATEGORIES = frozenset(
    [f"{archive}.{subject}" for archive, subjects in _SUBJECTS.items() for subject in subjects.split()] + _BARE.split()
)
ARCHIVES = frozenset(category.partition(".")[0] for category in CATEGORIES)
_CANONICAL = {name.lower(): name for name in CATEGORIES}

_ID = re.compile(
    r"(?:https?://)?(?:(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|arxiv:)?"
    r"(?:(?P<new>[0-9]{4}\.[0-9]{4,5})"
    rf"|(?P<archive>{'|'.join(sorted(OLD_ARCHIVES, key=len, reverse=True))})(?:\.[a-z]{{2}})?/(?P<number>[0-9]{{7}}))"
    r"(?:v(?P<version>[1-9][0-9]{0,2}))?(?:\.pdf)?/?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as one listing describes it. Text is as written; nothing is folded or cut."""

    id: str  # without version: "2401.00877" or "cs/9810009"
    version: int  # 1 for v1
    title: str
    authors: tuple[str, ...]  # in listing order, as written
    categories: tuple[str, ...]  # arXiv's own, primary first, none twice
    classes: tuple[str, ...]  # the MSC and ACM classes and free text that follow the categories
    published: datetime  # UTC
    updated: datetime  # UTC
    doi: str | None  # as written: one or several, separated by white space
    journal: str | None
    comment: str | None
    summary: str
    pdf: str
    url: str
    listing: str  # the listing file, relative to its folder: "cs.CV/2023/12/20231230.md"

    @property
    def primary(self) -> str:
        """The primary category."""
        return self.categories[0]

    @property
    def archives(self) -> tuple[str, ...]:
        """The archives of all categories, in order of appearance: ("eess", "cs")."""
        return _archives(self.categories)


@lru_cache(maxsize=4096)
def _archives(categories: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(archive_of, categories)))


def parse_id(text: str) -> tuple[str, int | None] | None:
    """Read an arXiv id, bare or in an address, as (id without version, version or None).

    None if text is not an id and nothing but an id.
    """
    match = _ID.fullmatch(text)
    if match is None:
        return None
    version = match["version"]
    identifier = match["new"] or f"{match['archive'].lower()}/{match['number']}"
    return identifier, int(version) if version else None


def id_number(identifier: str) -> int:
    """Map an id to a 32-bit number whose order is the string order of ids (digits come before letters).

    Raises KeyError or ValueError for what `parse_id` would not return.
    """
    if identifier[:1].isdigit():
        month, _, number = identifier.partition(".")
        # Doubled, to have room for 1501.0001 just before 1501.00010.
        return int(month) * 200_000 + int(number.ljust(5, "0")) * 2 + (len(number) == 5)
    archive, _, number = identifier.partition("/")
    return (1 << 31) + OLD_ARCHIVES.index(archive) * 10**7 + int(number)


def archive_of(category: str) -> str:
    """The archive of a category: "cs" for "cs.CV", "hep-th" for "hep-th"."""
    return category.partition(".")[0]


def canonical_category(name: str) -> str:
    """A category in arXiv's own spelling ("CS.cv" gives "cs.CV"); an unknown one as it stands."""
    return _CANONICAL.get(name.lower(), name)


def page_address(identifier: str) -> str:
    """The address of a paper's page, made of its id alone. Raises ValueError for what is no arXiv id."""
    if parse_id(identifier) is None:
        raise ValueError(identifier)
    return f"https://arxiv.org/abs/{identifier}"
