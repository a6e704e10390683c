"""The steps of building the book, one by one; no site is built here."""

import gzip
import io
import json
import re
import sys
import tarfile
import threading
import urllib.request
from base64 import b64encode

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from hlm_teach.classroom.book import __main__ as command
from hlm_teach.classroom.book import anchors, formulas, pages, pdf, pictures, slides, sources
from hlm_teach.classroom.tools import chromium, loopback, npm
from hlm_teach.classroom.tools.problems import CannotBuild

pytestmark = pytest.mark.house


# ---- links -------------------------------------------------------------------------------

KNOWN = {"chapters/02_icc.ipynb": {"the-idea", "how-sure-are-we"}}


@pytest.mark.parametrize(
    "given, wanted",
    [
        ("[2 ICC: How sure are we?](../chapters/02_icc.ipynb)", "02_icc.ipynb#how-sure-are-we)"),
        ("[2 ICC: No such heading](../chapters/02_icc.ipynb)", "02_icc.ipynb)"),
        ("[see](../chapters/02_icc.ipynb#The-idea)", "02_icc.ipynb#the-idea)"),
        ("[see](#Deeper:-when-a-cell-fails)", "(#deeper-when-a-cell-fails)"),
        ("[web](https://example.org/a_(b)#C:-D)", "https://example.org/a_(b)#C:-D)"),
        ("[folder](../exercises)", "(../exercises/index.md)"),
        ("[table](../README.md#chapters)", "(../index.md)"),
    ],
)
def test_links_are_mended(given, wanted):
    assert anchors.mended(given, "docs/find_it.md", KNOWN).endswith(wanted)


def test_anchors_are_those_that_myst_gives():
    from myst_parser.mdit_to_docutils.base import default_slugify

    for heading in ("Deeper: a mean, n_j and 1/n!", "How sure are we?", "τ₀₀ – a variance", "A B"):
        assert anchors.slug(heading) == default_slugify(heading)


# ---- pictures ----------------------------------------------------------------------------


def png_of(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


def test_pictures_lose_no_pixel_and_keep_their_words_and_shape(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (30, 70, 3), dtype=np.uint8)
    code = b64encode(png_of(pixels)).decode()
    given = f'<img alt="a &quot;b&quot;" width="350" src="data:image/png;base64,{code}"><p>c</p>'
    taken = pictures.taken_out(given, tmp_path)
    (file,) = tmp_path.iterdir()
    assert np.array_equal(np.asarray(Image.open(file).convert("RGB")), pixels)
    placed = BeautifulSoup(pages.article(taken, "chapters/01_x"), "html.parser").img
    assert placed["src"] == f"../_static/pictures/{file.name}" and placed["alt"] == 'a "b"'
    assert (placed["width"], placed["height"]) == ("350", "150")


# ---- pages -------------------------------------------------------------------------------

CELL = """<div class="cell tag_hide-input tag_id-ch02-071 tag_lab-icc docutils container">
<details class="admonition hide above-input"><summary aria-label="Toggle hidden content">
<p class="collapsed admonition-title">Show code cell source</p></summary>
<div class="cell_input"><pre># the lab\nicc_lab()</pre></div></details>
<div class="cell_output"><p>Drawn. Run the cell to move the controls.</p></div></div>"""


def test_a_cell_says_which_it_is_and_what_its_folded_source_does():
    cell = BeautifulSoup(pages.article(CELL, "chapters/02_icc"), "html.parser").div
    assert cell["data-cell-id"] == "ch02-071"
    assert cell["data-notebook"] == "chapters/02_icc.ipynb"
    assert cell.select_one(".cell_output")["data-lab"] == "icc"
    assert cell.summary.get_text() == "Code (the lab)" and not cell.details.has_attr("open")
    assert "Run the cell" not in cell.get_text()


def test_a_deeper_section_is_folded_behind_its_heading_and_first_sentence():
    given = (
        '<section id="a"><h2>Core</h2><p>stays</p><section id="b"><h3>Deeper: x</h3>'
        "<!-- deeper --><p>What is found.</p><p>Much.</p><div>more</div></section></section>"
    )
    soup = BeautifulSoup(pages.article(given, "chapters/02_icc"), "html.parser")
    folded = soup.find("details", class_="deeper")
    assert folded.get_text() == pages.FOLDED + "Much.more"
    assert folded.parent["id"] == "b" and "What is found." not in folded.get_text()
    assert "stays" not in folded.get_text() and "<!--" not in str(soup)


def test_the_live_part_is_loaded_once_and_only_where_it_is():
    page = "<html><body><article></article></body></html>"
    assert "<script" not in pages.finished(page, "index")
    live = pages.finished(page, "chapters/02_icc", live="_static/live/0a")
    assert re.findall("<script.*?>", live) == [
        '<script src="../_static/live/0a/why.js">',
        '<script type="module" src="../_static/live/0a/book.js">',
    ]
    assert '<body data-page="chapters/02_icc">' in live


def test_every_lab_and_every_cell_of_a_notebook_is_tagged(tmp_path):
    notebook = "chapters/02_icc.ipynb"
    text = sources.notebook_text(sources.ROOT / notebook, notebook, {}, tmp_path)
    code = [cell for cell in nbformat.reads(text, 4).cells if cell.cell_type == "code"]
    assert all(f"id-{cell.id}" in cell.metadata.tags for cell in code)
    labs = [tag for cell in code for tag in cell.metadata.tags if tag.startswith("lab-")]
    assert labs == ["lab-icc"]
    assert "base64" not in json.dumps([cell.outputs for cell in code])


# ---- parts from npm ----------------------------------------------------------------------


def test_a_part_with_another_hash_is_refused(tmp_path, monkeypatch):
    def packed(part, folder):
        (folder / "katex.tgz").write_bytes(b"something else")
        return "katex.tgz"

    monkeypatch.setattr(npm, "packed", packed)
    with pytest.raises(CannotBuild, match="another hash"):
        npm.fetched(formulas.KATEX, kept=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_python_whose_archives_have_no_filter_unpacks_too(tmp_path, monkeypatch):
    def extractall(self, folder):  # as Python 3.11.3 has it
        (folder / "package").mkdir(parents=True)

    (tmp_path / "x.tgz").write_bytes(gzip.compress(bytes(1024)))
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    monkeypatch.setattr(tarfile.TarFile, "extractall", extractall)
    npm.unpack(tmp_path / "x.tgz", tmp_path / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_part_that_is_there_needs_no_network(tmp_path, monkeypatch):
    monkeypatch.setattr(npm, "packed", None)
    (tmp_path / formulas.KATEX.folder).mkdir()
    assert npm.fetched(formulas.KATEX, kept=tmp_path) == tmp_path / formulas.KATEX.folder


# ---- formulas ----------------------------------------------------------------------------


def test_formulas_are_set_and_a_wrong_one_is_named():
    line, block = formulas.typeset([("inline", "a &lt; b"), ("display", r"\frac{1}{2}")])
    assert "katex-display" in block and "katex-display" not in line
    assert "<mo>&lt;</mo>" in line and "<mfrac>" in block
    with pytest.raises(CannotBuild, match="can't be set") as raised:
        formulas.typeset([("inline", r"\frac{1")])
    assert r"\frac{1" in str(raised.value)


def test_every_place_gets_its_formula(tmp_path):
    places = '<span class="math" data-inline="x"></span><div class="math" data-display="x"></div>'
    (tmp_path / "a.html").write_text(f"<p>{places}</p>", encoding="utf-8")
    formulas.set_all(tmp_path)
    soup = BeautifulSoup((tmp_path / "a.html").read_text(encoding="utf-8"), "html.parser")
    assert soup.select_one("p > span.math > span.katex")
    assert soup.select_one("p > div.math > span.katex-display")


# ---- the command -------------------------------------------------------------------------


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CannotBuild, match="no book"):
        command.build(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_a_folder_that_cannot_be_had_is_told_in_words(tmp_path, capsys):
    (tmp_path / "thesis.txt").touch()
    for name in ("thesis.txt", "thesis.txt/site"):
        assert command.main(["--from", str(tmp_path), "--out", name]) == 2
        assert "can't be the site's folder" in capsys.readouterr().err


def test_the_folder_is_seen_from_where_the_command_is_typed(tmp_path):
    wished = ["--from", str(tmp_path)]
    assert command.read([*wished, "--out", "site"]).out == tmp_path / "site"
    assert command.read(wished).out == command.SITE


@pytest.mark.parametrize("given", ["99999", "-1", "http"])
def test_a_port_that_cannot_be_is_told_before_anything_is_built(given, capsys):
    with pytest.raises(SystemExit):
        command.read([f"--port={given}"])
    assert "from 0 to 65535" in capsys.readouterr().err


def test_without_a_browser_nothing_is_built_that_is_to_be_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(chromium, "found", lambda: None)
    assert command.main(["--pdf", "--out", str(tmp_path / "site")]) == 2
    assert "Printing needs Chromium" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_another_port_is_used_where_one_cannot_be_and_why_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(loopback.Server, "serve_forever", lambda self: None)
    with loopback.server(tmp_path) as other:
        loopback.forever(tmp_path, other.server_port)
        said = capsys.readouterr().out
    assert re.match(rf"Port {other.server_port} can't be used \(\w.+\)", said)
    assert said.count(str(other.server_port)) == 1


# ---- the browser that prints ---------------------------------------------------------------


@pytest.mark.parametrize(
    "system, program",
    [
        ("darwin", "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
        ("darwin", "Applications/Chromium.app/Contents/MacOS/Chromium"),
        ("win32", "Chromium/Application/chrome.exe"),
        ("win32", "Microsoft/Edge/Application/msedge.exe"),
    ],
)
def test_a_browser_is_found_off_the_path(system, program, tmp_path, monkeypatch):
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    monkeypatch.setattr(chromium.sys, "platform", system)
    monkeypatch.setattr(chromium.Path, "home", lambda: tmp_path)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    installed = []
    monkeypatch.setattr(chromium.Path, "exists", lambda place: place in installed)
    assert chromium.found() is None
    installed.append(tmp_path / program)
    assert chromium.found() == str(tmp_path / program)


@pytest.mark.parametrize("name", ["chromium", "google-chrome", "microsoft-edge-stable"])
def test_a_browser_is_found_on_the_path(name, monkeypatch):
    monkeypatch.setattr(chromium.shutil, "which", {name: f"/opt/{name}"}.get)
    assert chromium.found() == f"/opt/{name}"


def test_a_browser_that_never_ends_is_not_waited_for(tmp_path, monkeypatch):
    code = "import time; time.sleep(1000)"
    monkeypatch.setattr(chromium, "command", lambda *_: [sys.executable, "-c", code])
    monkeypatch.setattr(chromium, "PATIENCE", 0.1)
    with pytest.raises(CannotBuild, match="within 0.1 seconds"):
        pdf.print_page("chromium", tmp_path / "a.html", tmp_path / "a.pdf")


def test_files_are_served_on_loopback_with_the_types_that_browsers_insist_on(tmp_path):
    names = {
        "a.js": "text/javascript",
        "a.mjs": "text/javascript",
        "a.wasm": "application/wasm",
        "a.webp": "image/webp",
        "a.woff2": "font/woff2",
        "a-0123456789ab.bin": "application/octet-stream",
        "a-0123456789ab-001.bin": "application/octet-stream",
        "a.bin": "application/octet-stream",
        "_static/live/0123456789ab/a.js": "text/javascript",
        "_static/live/0123456789ab/shim/a.js": "text/javascript",
    }
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    with loopback.server(tmp_path) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        host, port = listening.server_address
        assert host == "127.0.0.1"
        for name, kind in names.items():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", timeout=60) as answer:
                assert answer.headers["Content-Type"] == kind
                kept = "immutable" if "0123456789ab" in name else "no-cache"
                assert answer.headers["Cache-Control"].split()[-1] == kept
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/b-0123456789ab.bin", timeout=60)
        assert missing.value.headers["Cache-Control"] == "no-cache"
        missing.value.close()
        listening.shutdown()


# ---- one page for the PDF ----------------------------------------------------------------


def test_pages_become_one_without_mixing_up_their_headings(tmp_path):
    def page(name, body, following=""):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        following = following and f'<link rel="next" title="x" href="{following}">'
        (tmp_path / name).write_text(
            f"<head>{following}</head><body><article>{body}</article>", encoding="utf-8"
        )

    page("index.html", "<h1>Book</h1><a href='a/one.html#idea'>to one</a>", "a/one.html")
    page("a/one.html", "<h1>One</h1><h2 id='idea'>Idea</h2><a href='../x.pdf'>y</a>", "two.html")
    page(
        "a/two.html", "<h1>Two</h1><h2 id='idea'>Idea</h2><details>z</details><a href='#idea'>u</a>"
    )
    assert pdf.in_order(tmp_path) == ["index", "a/one", "a/two"]
    soup = BeautifulSoup(pdf.one_page(tmp_path), "html.parser")
    ids = [named["id"] for named in soup.select("[id]")]
    assert len(ids) == len(set(ids)) and {"a/one-idea", "a/two-idea"} <= set(ids)
    links = [link.get("href") for link in soup.select("article a")]
    assert links == ["#a/one-idea", None, "#a/two-idea"]
    assert soup.details.has_attr("open") and soup.title.string == "Book"


# ---- slides ------------------------------------------------------------------------------


def test_a_page_is_cut_at_its_headings_and_what_is_folded_or_code_stays_in_the_book():
    given = BeautifulSoup(
        '<section><h1>T</h1><p class="beside">links</p><p>Run each cell with care.</p>'
        '<section id="a"><h2>A &amp; b</h2><p>one</p><div class="cell"><div class="cell_input">x</div>'
        '</div><div class="cell"><div class="cell_output" data-lab="icc"><img width="700" height="400"'
        ' src="../_static/pictures/p.webp"/></div></div><section><h3>C</h3><a href="01_x.html#y">to</a>'
        '</section><section class="deeper"><h3>D</h3><p>deep</p></section></section>'
        "<section><h2>Go further</h2><p>elsewhere</p></section></section>",
        "html.parser",
    )
    deck = BeautifulSoup(slides.page_of(given, "chapters/02_icc", live=""), "html.parser")
    cut = deck.select("section.part")
    assert [part.header.get_text() for part in cut] == ["T", "TA & b", "A & bC"]
    assert [child.name for child in cut[1].find_all(True, recursive=False)] == [
        "header",
        "p",
        "div",
    ]
    assert cut[2].a["href"] == "../chapters/01_x.html#y"
    assert int(cut[1].img["height"]) <= slides.TALLEST_OF_LABS
    assert not re.search("links|Run each|deep|elsewhere|x</div>", str(deck.article))
    assert len(deck.find_all("script")) == 1 and deck.body["data-page"] == "slides/02_icc"
