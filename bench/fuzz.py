"""Fuzz what reads strangers' text, guided by coverage (atheris, which is libFuzzer): no crash, no hang, bounded memory.

Usage: python -m bench.fuzz listing|query|config|parameters [SECONDS]. It begins with the inputs in tests/corpus/TARGET,
prints how many inputs there were, and exits with 1 if one of them raised what it must not, took 5 s, or 500 MB. It
needs the extra `fuzz`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus"
_LIMITS = ("-timeout=5", "-rss_limit_mb=500", "-max_len=4096", "-print_final_stats=1", "-verbosity=0")


def _listing(content: bytes) -> None:
    from searcher.engine.packing import pack, unpack
    from searcher.engine.tantivy.document import make_document
    from searcher.listing import parse_listing
    from searcher.paper import Paper

    for item in parse_listing(content, "fuzz.md"):
        if isinstance(item, Paper):
            assert unpack(pack(item)) == item
            make_document(item)
        else:
            assert 1 <= item.line <= content.count(b"\n") + 2


def _query(content: bytes) -> None:
    from searcher.query import parse
    from searcher.ranking.lift import lift_neighbours
    from searcher.snippet import Highlighter

    text = content.decode(errors="surrogateescape")
    for any_word in (False, True):
        parsed = parse(text, any_word=any_word)
        lift_neighbours(parsed.query)
        Highlighter(parsed.query)


def _config(content: bytes) -> None:
    from searcher.config import load_config
    from searcher.errors import ConfigError

    with tempfile.NamedTemporaryFile(suffix=".yaml", dir="/dev/shm") as file:
        file.write(content)
        file.flush()
        with suppress(ConfigError):
            load_config(Path(file.name), {})


def _parameters(content: bytes) -> None:
    from urllib.parse import parse_qsl

    from searcher.errors import QueryError
    from searcher.web.parameters import FACET_COUNTS, FEED, SEARCH, SIMILAR, parse

    pairs = parse_qsl(content.decode(errors="replace"), keep_blank_values=True)
    for known in (SEARCH, SIMILAR, FACET_COUNTS, FEED):
        try:
            asked = parse(pairs, known)
        except QueryError:
            continue
        assert asked.limit * asked.page <= 10_000 or asked.page == 1
        assert isinstance(asked.is_costly, bool)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "listing": _listing,
    "query": _query,
    "config": _config,
    "parameters": _parameters,
}


def main(target: str, seconds: int) -> int:
    """Fuzz one target; 0 if nothing was found."""
    with tempfile.TemporaryDirectory(prefix="searcher-fuzz-") as grown:
        command = [sys.executable, "-m", "bench.fuzz", "--one", target, *_LIMITS, f"-max_total_time={seconds}"]
        done = subprocess.run([*command, grown, str(_CORPUS / target)], capture_output=True, text=True, check=False)
    found = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    inputs = int(found[1]) if found else 0
    print(f"{target}: {inputs:,} inputs in {seconds} s: {'nothing found' if not done.returncode else 'FAILED'}")
    if done.returncode:
        print(done.stderr[-4000:], file=sys.stderr)
    return 1 if done.returncode else 0


def _fuzz(target: str, arguments: list[str]) -> None:
    """Fuzz in this process, which never returns."""
    import importlib

    atheris = importlib.import_module("atheris")  # of the extra "fuzz", which checking types must not need
    with atheris.instrument_imports(include=["searcher", "whoosh.qparser"]):
        for name in ("listing", "query", "config", "snippet", "ranking.lift", "ranking.acronyms", "web.parameters"):
            importlib.import_module(f"searcher.{name}")
        TARGETS[target](b"")
    atheris.Setup([sys.argv[0], *arguments], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        _fuzz(sys.argv[2], sys.argv[3:])
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 600))
