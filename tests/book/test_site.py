"""The built book: its pages as files, and as a reader has them in Chromium.

The test command looks at a few pages in the browser; `.ci/run` looks at all of them, and prints the
PDF (`samples` says how). HLM_TEACH_SITE names a folder with a book that has just
been built; the file beside it, of the same name and .txt, holds what was said meanwhile.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urldefrag

import nbformat
import numpy as np
import pytest
from browser import PATIENCE, why_not
from bs4 import BeautifulSoup
from live_pages import Live, insist_on_live
from samples import WHOLE

from hlm_teach.classroom.book import pages, pdf, slides, sources
from hlm_teach.classroom.tools import loopback, npm
from hlm_teach.classroom.tools.problems import NotFetched

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
BUILT = os.environ.get("HLM_TEACH_SITE")
NOTEBOOKS = sources.notebooks()
CHAPTERS = [name for name in NOTEBOOKS if name.startswith("chapters/")]
FEW = ["index", "chapters/02_icc", "exercises/02_icc", "docs/find_it", "search"]
PHONE, OTHERS = 390, (320, 800, 1024, 1280, 1920)  # pixels


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The book, built as the command builds it; what Sphinx said of it."""
    folder = tmp_path_factory.mktemp("book") / "site"
    said = copied(ROOT / BUILT, folder) if BUILT else built(folder)
    assert "is ready after" in said, said[-3000:]
    return SimpleNamespace(folder=folder, said=said)


def copied(book, folder):
    """A copy of a built book, since tests put slides into it; what was said when it was built."""
    shutil.copytree(book, folder)
    return book.with_suffix(".txt").read_text(encoding="utf-8")


def built(folder):
    """Build the book as the command does; what was said."""
    command = [sys.executable, "-P", "-m", "hlm_teach.classroom.book", "--out", str(folder)]
    command += [] if WHOLE else ["--static"]  # the engine is fetched once, which a test doesn't
    # Into a file: a pipe would stay open as long as any process that the build has started.
    with (folder.parent / "said.txt").open("w+", encoding="utf-8") as stream:
        done = subprocess.run(command, cwd=ROOT, stdout=stream, stderr=stream, check=False)
        stream.seek(0)
        said = stream.read()
    if done.returncode == 3:
        pytest.skip("parts of the book can't be fetched: " + said.strip().splitlines()[-1])
    assert done.returncode == 0, said[-3000:]
    return said


@functools.cache
def soup_of(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@functools.cache
def anchors_of(path):
    return {named["id"] for named in soup_of(path).select("[id]")}


def all_pages(site):
    """Each page's path without the ending, and the page; slides are made later, by `decks`."""
    return {
        path.relative_to(site.folder).with_suffix("").as_posix(): soup_of(path)
        for path in sorted(site.folder.rglob("*.html"))
        if path.parent.name != slides.FOLDER
    }


# ---- the files ---------------------------------------------------------------------------


def test_sphinx_has_nothing_to_complain_of(site):
    assert "WARNING" not in site.said and "ERROR" not in site.said, site.said


def test_every_notebook_has_a_page_that_can_be_reached_by_next(site):
    reached = pdf.in_order(site.folder)
    assert {name.removesuffix(".ipynb") for name in NOTEBOOKS} < set(reached)
    assert set(all_pages(site)) - set(reached) == {"search"}
    order = [page for page in reached if page.startswith("chapters/")]
    assert [f"{page}.ipynb" for page in order] == CHAPTERS


def test_pages_say_which_they_are(site):
    for page, soup in all_pages(site).items():
        assert soup.body["data-page"] == page
        assert soup.html["lang"] == "en" and soup.title.get_text().strip()
        assert len(soup.find_all("h1")) == 1 or page == "search", page


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_of_a_notebook_is_in_its_page(site, name):
    soup = all_pages(site)[name.removesuffix(".ipynb")]
    cells = {cell["data-cell-id"]: cell for cell in soup.select("div.cell")}
    written = nbformat.read(ROOT / name, as_version=4).cells
    code = [cell for cell in written if cell.cell_type == "code"]
    assert list(cells) == [cell.id for cell in code]
    for cell in code:
        shown = cells[cell.id]
        source = shown.select_one(".cell_input pre").get_text()
        assert source.rstrip("\n") == cell.source.rstrip("\n")
        assert shown["data-notebook"] == name
        assert bool(shown.select(".cell_output")) == bool(cell.outputs)
        folded = "hide-input" in cell.metadata.get("tags", [])
        assert bool(shown.select("details.source:not([open])")) == folded


@pytest.mark.parametrize("name", CHAPTERS)
def test_what_was_displayed_is_displayed(site, name):
    soup = all_pages(site)[name.removesuffix(".ipynb")]
    for cell in nbformat.read(ROOT / name, as_version=4).cells:
        for output in cell.get("outputs", []):
            shown = soup.select_one(f'[data-cell-id="{cell.id}"] .cell_output')
            data = output.get("data", {})
            if "text/html" in data:
                html = re.sub("(?s)<style.*?</style>", "", data["text/html"])
                stored = BeautifulSoup(html, "html.parser")
                words = stored.get_text().replace(pages.STATIC_LAB, "").split()
                assert " ".join(words) in " ".join(shown.get_text().split())
                alts = [picture["alt"] for picture in stored.select("img")]
                assert set(alts) <= {picture["alt"] for picture in shown.select("img")}
            elif "text" in output:
                assert output.text.strip() in shown.get_text()
            is_lab = data.get("text/plain", "").startswith("Lab: ")
            assert is_lab == shown.has_attr("data-lab")


@pytest.mark.parametrize("name", CHAPTERS)
def test_deeper_sections_are_folded_and_nothing_else_is_lost_in_them(site, name):
    soup = all_pages(site)[name.removesuffix(".ipynb")]
    cells = nbformat.read(ROOT / name, as_version=4).cells
    deeper = [cell for cell in cells if "deeper" in cell.metadata.get("tags", [])]
    prose = [cell for cell in deeper if cell.cell_type == "markdown"]
    headings = [cell for cell in prose if cell.source.startswith("#")]
    folded = soup.select("details.deeper:not([open])")
    assert len(folded) == len(headings)
    inside = [cell["data-cell-id"] for details in folded for cell in details.select("div.cell")]
    assert inside == [cell.id for cell in deeper if cell.cell_type == "code"]


def test_every_picture_has_words_and_room(site):
    for page, soup in all_pages(site).items():
        for picture in soup.select("img"):
            assert picture.get("alt", "").strip(), (page, picture["src"])
            if "/pictures/" in picture["src"]:
                assert picture["height"].isdigit() and picture["loading"] == "lazy"


def test_every_link_leads_somewhere(site):
    for page, soup in all_pages(site).items():
        for element in soup.select("[href], [src]"):
            address = element.get("href") or element.get("src")
            if re.match(r"(https?|data):", address):
                continue
            file, anchor = urldefrag(unquote(address))
            target = pdf.resolved(file.partition("?")[0], page) if file else f"{page}.html"
            assert (site.folder / target).is_file(), f"{page}: {address}"
            if anchor and anchor != "#":
                assert anchor in anchors_of(site.folder / target), f"{page}: {address}"


def test_chapters_and_exercises_lead_to_each_other(site):
    for name in (name for name in NOTEBOOKS if name.startswith("exercises/")):
        page = name.removesuffix(".ipynb").removeprefix("exercises/")
        for folder, other in (("chapters", "exercises"), ("exercises", "chapters")):
            soup = all_pages(site)[f"{folder}/{page}"]
            assert soup.select_one(f'p.beside a[href="../{other}/{page}.html"]')


ARGUMENTS = {  # how many parts an element of MathML has
    **dict.fromkeys(("msup", "msub", "mover", "munder", "mfrac", "mroot"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}


def test_formulas_are_whole_for_who_has_them_read_aloud(site):
    found = 0
    for name, page in all_pages(site).items():
        for element in page.select(", ".join(ARGUMENTS)):
            found += 1
            parts = element.find_all(True, recursive=False)
            assert len(parts) == ARGUMENTS[element.name], (name, str(element))
    assert found > 100


def test_solutions_say_that_they_are_and_the_search_does_not_find_them(site):
    index = (site.folder / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(index[index.index("{") : index.rindex("}") + 1])
    numbers = {page: number for number, page in enumerate(found["docnames"])}
    for page, soup in all_pages(site).items():
        folder, _, name = page.partition("/")
        holds = folder == "solutions" and name != "index"
        assert bool(soup.select_one("p.solution")) == holds, page
        if holds:
            assert soup.select_one(f'p.solution a[href="../exercises/{name}.html"]')
    answers = {number for page, number in numbers.items() if page.startswith("solutions/")}
    pages_of = [np.atleast_1d(where).tolist() for where in found["terms"].values()]
    assert len(answers) > 5 and not [where for where in pages_of if answers & set(where)]
    assert [where for where in pages_of if numbers["exercises/02_icc"] in where]


def test_find_it_again_leads_to_headings(site):
    links = all_pages(site)["docs/find_it"].select('article a[href*="chapters/"]')
    assert len(links) > 50
    assert [link.get_text() for link in links if "#" not in link["href"]] == []


def test_nothing_comes_from_elsewhere(site):
    for page, soup in all_pages(site).items():
        for element in soup.select("script, img, link[rel=stylesheet], iframe, source"):
            address = element.get("src") or element.get("href") or ""
            assert not re.match(r"(https?:)?//", address), f"{page}: {address}"
    for style in site.folder.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", text), style.name
        for address in re.findall(r"url\(([^)]+)\)", text):
            if not address.strip("'\"").startswith(("data:", "#")):
                assert (style.parent / address.strip("'\"")).is_file(), f"{style.name}: {address}"


def test_a_page_is_at_most_a_megabyte_with_all_that_it_shows(site):
    for page, soup in all_pages(site).items():
        files = {f"{page}.html"}
        for element in soup.select("script[src], img, link[rel=stylesheet]"):
            address = (element.get("src") or element["href"]).partition("?")[0]
            files.add(pdf.resolved(address, page))
        assert sum((site.folder / file).stat().st_size for file in files) <= 1_000_000, page


# ---- in the browser ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def reader(site, chrome):
    """The browser before the served book: gives new pages, which note what goes wrong."""
    with loopback.server(site.folder) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield Reader(chrome, f"http://127.0.0.1:{listening.server_port}/")
        listening.shutdown()


class Reader:
    """Opens pages of the served book."""

    def __init__(self, browser, home):
        self.browser, self.home = browser, home

    def open(self, page, *, width=390, **settings):
        context = self.browser.new_context(viewport={"width": width, "height": 844}, **settings)
        context.set_default_timeout(1000 * PATIENCE)
        tab = context.new_page()
        tab.complaints = []
        tab.on("console", lambda said: said.type == "error" and tab.complaints.append(said.text))
        tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.on("request", lambda asked: self._note(tab, asked.url))
        tab.goto(self.home + page)
        return tab

    def _note(self, tab, address):
        if not address.startswith((self.home, "data:", "blob:")):
            tab.complaints.append(f"asked elsewhere: {address}")


def looked_at(site):
    """Pages, and at which widths: some at all of them, the others on a phone and at two in turn."""
    for number, page in enumerate(all_pages(site) if WHOLE else FEW):
        in_turn = (OTHERS[number % 5], OTHERS[(number + 2) % 5])
        yield page, (PHONE, *(OTHERS if page in FEW else in_turn))


# What stands out of the column of text, and isn't in something that scrolls by itself.
STICKING_OUT = """() => {
    const content = document.querySelector('.content'), page = document.documentElement;
    const right = Math.min(innerWidth, content.getBoundingClientRect().right) + 1, out = [];
    const inside = document.createTreeWalker(document.querySelector('article'),
        NodeFilter.SHOW_ELEMENT, (element) => element.matches('pre, .wide, .math-wrapper, .katex')
            ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let element; (element = inside.nextNode());)
        if (element.getBoundingClientRect().right > right) out.push(element);
    return out.slice(0, 3).map(element => element.tagName + ': ' + element.textContent.slice(0, 60))
        .concat(page.scrollWidth > innerWidth ? ['the page scrolls sideways'] : []); }"""

# Pictures come when they are scrolled to: let all come that aren't folded away.
COME_ALL = """() => [...document.images].filter(image => image.checkVisibility())
    .forEach(image => { image.loading = 'eager'; })"""
ALL_HERE = "[...document.images].every(image => image.loading === 'lazy' || image.complete)"
# Bytes of all that a page has loaded, itself included.
LOADED = """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
    .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""


@pytest.mark.browser
def test_pages_fit_every_width_and_nothing_goes_wrong(site, reader):
    # One tab for all pages: a new one would take longer than looking at a page.
    tab = reader.open("index.html")
    for page, widths in looked_at(site):
        tab.set_viewport_size({"width": PHONE, "height": 844})
        tab.goto(f"{reader.home}{page}.html")
        tab.evaluate(COME_ALL)
        tab.wait_for_function(ALL_HERE)
        assert tab.evaluate(LOADED) <= 1_000_000, page
        tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        for width in widths:
            tab.set_viewport_size({"width": width, "height": 844})
            assert tab.evaluate(STICKING_OUT) == [], f"{page} at {width} pixels"
        tab.evaluate(COME_ALL)
        tab.wait_for_function(ALL_HERE)
        assert tab.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
        assert tab.complaints == [], page
    tab.context.close()


@pytest.mark.browser
def test_without_javascript_everything_can_be_read(site, reader):
    tab = reader.open("chapters/02_icc.html", java_script_enabled=False)
    assert tab.get_by_role("heading", name="The idea").is_visible()
    assert tab.locator(".katex-html").first.is_visible()
    assert tab.locator(".cell_output img").first.is_visible()
    folded = tab.locator("details.deeper").first
    inside = folded.locator("p").first
    assert not inside.is_visible()
    folded.locator("summary").first.click()
    assert inside.is_visible()
    answer = tab.locator("details", has_text="(c) 2")
    assert answer.evaluate("fold => !fold.open")
    answer.locator("summary").click()
    assert answer.get_by_text("Four fifths of the visible spread is luck.").is_visible()
    tab.context.close()


@pytest.mark.browser
def test_a_link_within_a_page_leads_to_its_heading(site, reader):
    tab = reader.open("chapters/00_start_here.html")
    tab.locator('article p a[href="#deeper-when-a-cell-fails"]').click()
    heading = tab.locator("#deeper-when-a-cell-fails > h3, #deeper-when-a-cell-fails > h2")
    tab.wait_for_function(
        "heading => 0 <= heading.getBoundingClientRect().top"
        " && heading.getBoundingClientRect().bottom <= innerHeight",
        arg=heading.element_handle(),
    )
    tab.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_who_follows_a_link_to_a_section_comes_to_it_and_finds_it_open(site, reader, width):
    tab = reader.open("chapters/04_random_slopes.html#deeper-the-line-up", width=width)
    section = tab.locator("#deeper-the-line-up")
    assert section.locator("details.deeper").first.evaluate("fold => fold.open")
    if pages.live_scripts(site.folder):
        tab.wait_for_selector("body[data-live]")  # which adds buttons above
    top = section.evaluate("section => section.getBoundingClientRect().top")
    assert 0 <= top < 200
    tab.context.close()


@pytest.mark.browser
def test_the_search_quotes_prose(site, reader):
    tab = reader.open("search.html?q=shrinkage", width=1280)
    quoted = tab.locator("ul.search p.context")
    chapter = tab.locator("ul.search li", has_text="Random intercepts")
    chapter.locator("p.context").first.wait_for()
    words = quoted.all_inner_texts()
    assert not [text for text in words if "import " in text or "fit_lmm(" in text]
    tab.context.close()


@pytest.mark.browser
def test_search_finds_a_word_and_leads_to_it(site, reader):
    tab = reader.open("index.html", width=1280)
    box = tab.locator("input.sidebar-search")
    box.fill("shrinkage")
    box.press("Enter")
    found = tab.locator("ul.search li a", has_text="Random intercepts")
    found.first.press("Enter")  # a click might miss it: the list still grows
    tab.wait_for_url("**/chapters/03_random_intercepts.html*")
    assert "asked elsewhere" not in str(tab.complaints)
    tab.context.close()


@pytest.mark.browser
def test_search_leads_first_to_where_a_word_is_explained(site, reader):
    tab = reader.open("search.html?q=ICC", width=1280)
    first = tab.locator("ul.search li a").first
    assert "Intraclass correlation" in first.inner_text()
    tab.context.close()


LIGHT = """element => { const [r, g, b] = getComputedStyle(element).backgroundColor.match(/\\d+/g);
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255; }"""


@pytest.mark.browser
def test_dark_mode_is_the_readers_and_pictures_keep_their_white_ground(site, reader):
    tab = reader.open("chapters/02_icc.html", width=1280, color_scheme="dark")
    assert tab.locator("body").evaluate(LIGHT) < 0.2
    assert tab.locator(".cell_output img").first.evaluate(LIGHT) > 0.99
    tab.locator(".content-icon-container .theme-toggle").click()
    tab.wait_for_function("document.body.dataset.theme !== 'auto'")
    assert tab.locator("body").evaluate(LIGHT) > 0.8
    tab.context.close()


@pytest.mark.browser
def test_what_is_folded_is_printed(site, reader):
    tab = reader.open("chapters/02_icc.html", width=1280)
    tab.emulate_media(media="print")
    assert tab.locator("details.deeper p").first.is_visible()
    assert not tab.locator(".sidebar-drawer").is_visible()
    tab.context.close()


# Checks pages against the rules of accessibility that a machine can check.
AXE = npm.Part(
    "axe-core",
    "4.10.2",
    "sha512-RE3mdQ7P3FRSe7eqCWoeQ/Z9QXrtniSjp1wUjt5nRC3WIpz5rSCve6o3fsZ2aCpJtrZjSZgjwXAoTO5k4tEI0w==",
)


@pytest.mark.browser
@pytest.mark.skipif(not WHOLE, reason="accessibility is checked in .ci/run only")
@pytest.mark.parametrize("scheme, width", [("light", 1280), ("dark", 390)])
def test_an_accessibility_check_finds_nothing_serious(site, reader, scheme, width):
    axe = (npm.fetched(AXE) / "axe.min.js").read_text(encoding="utf-8")
    for page in FEW:
        tab = reader.open(f"{page}.html", width=width, color_scheme=scheme)
        tab.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        tab.evaluate(axe)
        found = tab.evaluate("""() => axe.run().then(({violations}) => violations
            .filter(found => ['serious', 'critical'].includes(found.impact))
            .map(found => found.id + ': ' + found.nodes[0].html.slice(0, 200)))""")
        assert found == [], page
        tab.context.close()


@pytest.mark.browser
@pytest.mark.skipif(not WHOLE, reason="the whole book is printed in .ci/run only")
def test_the_pdf_is_tagged_and_has_bookmarks_and_words(site, tmp_path):
    if reason := why_not():
        pytest.skip(reason)
    pdf.make(site.folder, tmp_path / "course.pdf")
    content = (tmp_path / "course.pdf").read_bytes()
    assert content.startswith(b"%PDF") and not (site.folder / pdf.PAGE).exists()
    assert b"/StructTreeRoot" in content and b"/Outlines" in content and b"/Marked true" in content
    pictures = sum(len(soup.select("article img")) for soup in all_pages(site).values())
    assert content.count(b"/Alt ") >= pictures
    assert len(re.findall(rb"/Type ?/Page\b", content)) > 100


@pytest.mark.browser
def test_a_page_for_the_teacher_is_one_sheet(site, reader):
    names = sorted(path.stem for path in (ROOT / "docs" / "teaching").glob("*.md"))
    tab = reader.open("index.html")
    for name in names if WHOLE else ["04_random_slopes"]:
        tab.goto(f"{reader.home}docs/teaching/{name}.html")
        # A little larger than it is printed: other systems have other letters.
        printed = tab.pdf(format="A4", prefer_css_page_size=True, scale=1.02)
        assert len(re.findall(rb"/Type ?/Page\b", printed)) == 1, name
    tab.context.close()


# ---- slides --------------------------------------------------------------------------------

DECKS = [Path(name).stem for name in CHAPTERS]
# Each slide's height and right edge, what of code is in sight, and how many outputs it has.
SLIDES = """() => [...document.querySelectorAll('.slides > section')].map((slide) => {
    slide.style.display = 'block';
    const body = slide.firstChild, inside = [...body.querySelectorAll('*')].filter(
        (element) => !element.closest('.katex, .wide'));
    const right = Math.max(...inside.map((element) => element.getBoundingClientRect().right));
    const seen = { tall: body.scrollHeight, right: right - slide.getBoundingClientRect().left,
        code: body.querySelectorAll('.cell_input, .cell:not(.tag_on-slides) .highlight-ipython3').length,
        outputs: body.querySelectorAll('.cell_output:has(img, table)').length,
        scrolls: [...body.children].some((block) => block.style.overflowY) };
    slide.style.display = '';
    return seen; })"""
HEADS = """[...document.querySelectorAll('.slides header > *')].map(
    (title) => title.textContent.trim().split(/\\s+/).join(' '))"""


@pytest.fixture(scope="module")
def decks(site):
    """The site with slides."""
    try:
        assert slides.make_all(site.folder) == len(CHAPTERS)
    except NotFetched as problem:
        if WHOLE:
            raise
        pytest.skip(str(problem))
    return site


def open_deck(reader, name):
    """A deck as a projector shows it."""
    tab = reader.open(f"slides/{name}.html", width=1280)
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.wait_for_selector("body[data-deck]")
    return tab


@pytest.mark.browser
@pytest.mark.parametrize("name", DECKS if WHOLE else ["02_icc"])
def test_slides_show_one_thing_each_without_code_and_none_is_too_tall(decks, reader, name):
    tab = open_deck(reader, name)
    seen = tab.evaluate(SLIDES)
    for number, slide in enumerate(seen, start=1):
        assert slide["tall"] <= 720 and slide["right"] <= 1280, (name, number, slide)
        assert not slide["code"] and slide["outputs"] <= 1 and not slide["scrolls"], (name, number)
    # Nothing of the page's core is lost on the way.
    core = BeautifulSoup(str(all_pages(decks)[f"chapters/{name}"].article), "html.parser")
    for deeper in core.select(".deeper"):
        deeper.decompose()
    over_slides = set(tab.evaluate(HEADS))
    for heading in core.select("h1, h2, h3, h4"):
        heading.select_one(".headerlink").decompose()
        title = " ".join(heading.get_text().split())
        assert title in over_slides or title in slides.NOT_SHOWN, title
    shown = {Path(image["src"]).name for image in core.select(".cell_output img")}
    on_slides = tab.evaluate(
        "[...document.querySelectorAll('.slides img')].map(image => image.src)"
    )
    assert shown == {Path(address).name for address in on_slides}
    assert shown or core.select(slides.TOO_TALL), "a deck that shows nothing"
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url("**#/1")
    assert tab.complaints == []
    tab.context.close()


@pytest.fixture(scope="module")
def live_decks(decks, reader):
    """The same with the engine of the live pages, in a browser that has kept it."""
    insist_on_live(decks.folder)
    return Live(reader.home, reader.browser, decks.folder)


@pytest.mark.browser
@pytest.mark.skipif(not WHOLE, reason="takes the engine of the live pages, as .ci/run has it")
@pytest.mark.parametrize(
    "name",
    [
        name
        for name in DECKS
        if "_lab()" in (ROOT / "chapters" / f"{name}.ipynb").read_text(encoding="utf-8")
    ],
)
def test_a_lab_moves_on_its_slide_and_fits_it(live_decks, name):
    deck = live_decks.open_again(f"slides/{name}")
    tab = deck.page
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.evaluate("""location.hash = '#/' + [...document.querySelectorAll('.slides > section')]
        .findIndex((slide) => slide.querySelector('[data-lab]'))""")
    tab.locator("section.present .live-start").click()
    tab.wait_for_selector("section.present [data-lab][data-ready]")
    line = tab.locator("section.present .live-readout")
    before, place = line.inner_text(), tab.evaluate("location.hash")
    for track in tab.locator("section.present input[type=range]").all():
        track.press("End")
    tab.wait_for_function("!document.querySelector('.live-lab').lab.busy")
    assert line.inner_text() != before and tab.evaluate("location.hash") == place
    assert tab.evaluate("document.querySelector('section.present .body').scrollHeight") <= 720
    deck.close()
