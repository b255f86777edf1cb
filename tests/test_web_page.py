"""The search page in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import EXAMPLES
from server import Server, serving

from searcher.app.index import index
from searcher.config import Config

pytest.importorskip("starlette", reason="the extra searcher[web] is not installed")
if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("there is no Chromium; install the package chromium", allow_module_level=True)

expect = playwright.expect
expect.set_options(timeout=20_000)
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
SAVED = "searches:\n  mri scans: {query: mri, cat: [eess.IV], sort: newest}\n"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    config = Config(file=None, index=tmp_path_factory.mktemp("page") / "index")
    index(config, [EXAMPLES])
    with serving(config.index, config=SAVED) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


class Visit:
    """A page of the server in a browser, and whatever went wrong in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.faults: list[str] = []
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path.removeprefix("/"))
        return self.page

    @property
    def place(self) -> str:
        """Where the page says that it is."""
        return "/" + self.page.url.removeprefix(self.address)

    @property
    def titles(self) -> list[str]:
        return self.page.locator(".hit > :first-child").all_inner_texts()


@pytest.fixture
def visit(server: Server, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    options = getattr(request, "param", {})
    context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    visiting = Visit(context.new_page(), server.address)
    yield visiting
    context.close()
    assert visiting.faults == []


def drag(page: Page, first: str, last: str) -> None:
    start, end = (page.locator(f'#histogram [data-year="{year}"] .room').bounding_box() for year in (first, last))
    assert start
    assert end
    page.mouse.move(start["x"] + 2, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] - 2, end["y"] + 12, steps=4)
    page.mouse.up()


def test_papers_are_found_as_one_types(visit: Visit) -> None:
    page = visit.open("/")
    page.locator("#q").press_sequentially("gaussian splatting")
    expect(page.locator(".hit mark").first).to_have_text(re.compile("gaussian splatting", re.IGNORECASE))
    expect(page).to_have_url(re.compile(r"\?q=gaussian\+splatting$"))
    expect(page).to_have_title("gaussian splatting · searcher")
    assert page.locator("#q").input_value() == "gaussian splatting"


def test_two_facets_narrow_the_search_and_can_be_taken_away(visit: Visit) -> None:
    page = visit.open("/?q=diffusion")
    page.locator(".facet a", has_text="eess.IV").click()
    expect(page.locator("#chosen a")).to_have_text(["eess.IV ×"])
    page.locator(".facet a", has_text="cs.LG").click()
    expect(page.locator("#chosen a")).to_have_text(["eess.IV ×", "cs.LG ×"])
    assert visit.place == "/?q=diffusion&cat=eess.IV&cat=cs.LG"
    expect(page.locator(".facet a.chosen")).to_have_count(2)
    page.locator("#chosen a").first.click()
    expect(page.locator("#chosen a")).to_have_text(["cs.LG ×"])


def test_years_are_chosen_by_dragging_over_the_histogram(visit: Visit) -> None:
    page = visit.open("/")
    years = page.locator("#histogram a").evaluate_all("links => links.map(link => link.dataset.year)")
    drag(page, years[0], years[-1])
    expect(page.locator("#chosen a")).to_have_text([f"from {years[0]} ×", f"to {years[-1]} ×"])
    assert visit.place == f"/?from={years[0]}&to={years[-1]}"
    expect(page.locator("#histogram a.chosen")).to_have_count(len(years))


def test_a_click_on_a_year_chooses_it_and_another_lets_it_go(visit: Visit) -> None:
    page = visit.open("/?q=diffusion")
    page.locator('#histogram [data-year="2024"]').click()
    expect(page.locator("#chosen a")).to_have_text(["from 2024 ×", "to 2024 ×"])
    page.locator("#histogram a.chosen").click()
    expect(page.locator("#chosen")).to_have_count(0)
    assert visit.place == "/?q=diffusion"


def test_one_pages_on_and_back(visit: Visit) -> None:
    page = visit.open("/")
    first = visit.titles
    page.get_by_text("Next →").click()
    expect(page.locator(".pager")).to_contain_text("Page 2 of 4")
    assert set(visit.titles).isdisjoint(first)
    page.go_back()
    expect(page.locator(".pager")).to_contain_text("Page 1 of 4")
    assert visit.titles == first
    page.go_forward()
    expect(page.locator(".pager")).to_contain_text("Page 2 of 4")


def test_the_back_button_brings_the_search_back_that_an_opened_paper_left(visit: Visit) -> None:
    page = visit.open("/?q=gaussian+splatting")
    page.locator("#narrow .facet a", has_text="cs.GR").click()
    expect(page.locator("#chosen a")).to_have_text(["cs.GR ×"])
    found = visit.titles
    page.locator(".hit h2 a").first.click()
    expect(page.locator("article h1")).to_have_text(found[0])
    page.go_back()
    expect(page.locator("#chosen a")).to_have_text(["cs.GR ×"])
    assert (visit.titles, page.locator("#q").input_value()) == (found, "gaussian splatting")


def test_an_address_holds_the_whole_state(visit: Visit) -> None:
    page = visit.open("/?q=diffusion&cat=eess.IV&from=2024&sort=oldest")
    assert page.locator("#q").input_value() == "diffusion"
    assert page.locator('[name="from"]').input_value() == "2024"
    expect(page.locator(".sorts .chosen")).to_have_text("oldest")
    page.locator("#q").fill("mri")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=mri"))
    assert visit.place == "/?q=mri&cat=eess.IV&sort=oldest&from=2024"


def test_a_paper_has_a_page_with_its_facts_and_papers_like_it(visit: Visit) -> None:
    page = visit.open("/papers/2403.90147")
    expect(page.locator("article h1")).to_have_text("Sparse-View Gaussian Splatting with Calibrated Depth Uncertainty")
    expect(page.locator("dl")).to_contain_text("v2: corrected Table 2 and the title")
    expect(page.locator(".hit")).to_have_count(5)
    page.locator("article").get_by_role("link", name="Mira Okafor").click()
    expect(page.locator("#chosen a")).to_have_text(["by Mira Okafor ×"])


def test_bibtex_is_copied(visit: Visit) -> None:
    page = visit.open("/papers/2403.90147")
    page.locator("article .bibtex").click()
    expect(page.locator("article .bibtex")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@misc{okafor2024sparse-2403.90147,\n")


def test_a_mistyped_word_is_asked_about(visit: Visit) -> None:
    page = visit.open("/?q=difusion+superresolution")
    page.locator("#suggestion a").click()
    expect(page.locator("#suggestion")).to_have_count(0)
    assert page.locator("#q").input_value().startswith("diffusion")


def test_saved_searches_are_a_click_away(visit: Visit) -> None:
    page = visit.open("/")
    page.locator("#saved a", has_text="mri scans").click()
    expect(page.locator(".sorts .chosen")).to_have_text("newest")
    assert visit.place == "/?q=mri&cat=eess.IV&sort=newest"


def test_everything_is_reached_by_keys(visit: Visit) -> None:
    page = visit.open("/papers/2403.90147")
    page.keyboard.press("/")
    page.keyboard.type("gaussian")
    page.keyboard.press("Enter")
    expect(page.locator(".hit mark").first).to_be_visible()
    found = visit.titles
    page.locator("#q").blur()
    for key in "jjk":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == found[0]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("article h1")).to_have_text(found[1])


def test_tex_is_shown_as_math(visit: Visit) -> None:
    page = visit.open("/?q=title%3Aattention")
    maths = page.locator(".hit .katex")
    expect(maths.first).to_be_visible()
    assert "$" not in page.locator(".hit").first.inner_text()


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_on_a_phone_nothing_is_cut_off_and_the_papers_come_first(visit: Visit) -> None:
    page = visit.open("/?q=diffusion")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(page.locator("#narrow aside")).not_to_be_visible()
    page.locator("#narrow summary").tap()
    page.locator(".facet a", has_text="eess.IV").tap()
    expect(page.locator("#chosen a")).to_have_text(["eess.IV ×"])


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_one_searches_narrows_pages_and_reads(visit: Visit) -> None:
    page = visit.open("/")
    page.locator("#q").fill("diffusion")
    page.locator("#q").press("Enter")
    assert visit.place.startswith("/?q=diffusion")
    page.locator(".facet a", has_text="eess.IV").click()
    page.locator(".sorts a", has_text="newest").click()
    page.locator('#histogram [data-year="2024"]').click()
    expect(page.locator("#chosen a")).to_have_text(["eess.IV ×", "from 2024 ×", "to 2024 ×"])
    page.locator(".hit h2 a").first.click()
    expect(page.locator("article h1")).to_be_visible()
    page.locator("article .bibtex").click()
    expect(page.locator("body")).to_contain_text("archivePrefix = {arXiv}")


@pytest.mark.parametrize(
    "path", ["/", "/?q=diffusion&cat=eess.IV&from=2024", "/?q=xyzzy", "/papers/2403.90147", "/similar/2403.90147"]
)
@pytest.mark.parametrize("visit", [{}, {"color_scheme": "dark"}, PHONE], indirect=True, ids=["day", "night", "phone"])
def test_axe_finds_no_serious_fault(visit: Visit, path: str) -> None:
    page = visit.open(path)
    found = axe.Axe().run(page).response["violations"]
    assert [
        (each["id"], [node["html"] for node in each["nodes"]])
        for each in found
        if each["impact"] in ("serious", "critical")
    ] == []


def test_pictures_of_the_pages_can_be_made(visit: Visit, tmp_path: Path) -> None:
    picture = tmp_path / "search.png"
    visit.open("/?q=diffusion").screenshot(path=picture, full_page=True)
    assert picture.read_bytes().startswith(b"\x89PNG")
