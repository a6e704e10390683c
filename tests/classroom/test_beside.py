"""A notebook reads its learner's own data files, and nobody else's."""

import io
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import submissions

from hlm_teach.classroom.grading import beside, sandbox
from hlm_teach.classroom.grading.handed_in import handed_in
from hlm_teach.classroom.grading.in_process import InProcess, _fill
from hlm_teach.classroom.grading.in_sandbox import InSandbox
from hlm_teach.classroom.grading.submission import Ran, grade

pytestmark = pytest.mark.house
READS = "import pandas as pd\nanswer = float(pd.read_csv('{}')['y'].mean())"
CSV = b"y\n4\n6\n"  # its mean is the right answer to 02.2
NOTEBOOK = submissions.GOOD


def given(folder, name):
    """The names of the files that a notebook is given, and the remark."""
    (found,) = [one for one in handed_in(folder) if one.name == name]
    held, remark = beside.beside(found)
    return sorted(held), remark


def put(folder, **files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


# ---- whose a file is -------------------------------------------------------------------------


def test_a_learner_s_folder_is_read_with_what_is_below_it(tmp_path):
    put(tmp_path, **{"ada/02.ipynb": NOTEBOOK, "ada/wards.csv": CSV, "ada/more/b.TXT": b"b",
                     "ada/figure.png": b"", "ada/my_progress.json": b"", "ada/._wards.csv": b"",
                     "bob/02.ipynb": NOTEBOOK, "bob/secret.csv": b"bob's"})  # fmt: skip
    assert given(tmp_path, "ada/02.ipynb") == (["more/b.TXT", "wards.csv"], "")
    assert given(tmp_path, "bob/02.ipynb") == (["secret.csv"], "")


def test_what_lies_in_the_folder_that_is_graded_is_nobody_s(tmp_path):
    put(tmp_path, **{"ada.ipynb": NOTEBOOK, "wards.csv": CSV, "bob/secret.csv": CSV})
    assert given(tmp_path, "ada.ipynb") == ([], "")


SCRIPT = b"# %% [markdown]\n# ## 02.2\n\n# %%\nanswer = 5\n"
TEXT = NOTEBOOK.decode("utf-8")
ANOTHERS = {
    **dict.fromkeys(["bob.ipynb", "bob/02_icc.ipynb", "bob", "bob.json", "bob.py"], NOTEBOOK),
    "bob.txt": NOTEBOOK,
    "d/bob.csv": b"\xef\xbb\xbf\r\n " + NOTEBOOK,
    "utf-16.txt": TEXT.encode("utf-16"),
    "utf-16-be.TXT": TEXT.encode("utf-16-be"),
    "bob.py.txt": SCRIPT,
    "zipped.dat": submissions.zipped({"bob.ipynb": NOTEBOOK}),
}


@pytest.mark.parametrize("other", ANOTHERS)
def test_where_another_notebook_lies_nothing_is_given(tmp_path, other):
    files = {"ada.ipynb": NOTEBOOK, "wards.csv": CSV, other: ANOTHERS[other]}
    put(tmp_path, **{f"group/{name}": content for name, content in files.items()})
    put(tmp_path, **{"a.zip": submissions.zipped(files), "a.tgz": submissions.tarred(files)})
    for name in ("group/ada.ipynb", "a.zip/ada.ipynb", "a.tgz/ada.ipynb"):
        held, remark = given(tmp_path, name)
        assert held == [] and other in remark and "somebody else's" in remark


def test_a_notebook_beyond_what_is_given_is_seen_too(tmp_path, monkeypatch):
    monkeypatch.setattr(beside, "MOST_FILES", 1)
    monkeypatch.setattr(beside, "MOST_BYTES", 100)
    put(tmp_path, **{"group/ada.ipynb": NOTEBOOK, "group/a.csv": CSV, "group/bob.txt": NOTEBOOK})
    held, remark = given(tmp_path, "group/ada.ipynb")
    assert held == [] and "'bob.txt' may be somebody else's" in remark


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names of that kind")
def test_a_name_that_is_no_text_is_passed_over_but_not_what_it_holds(tmp_path):
    put(tmp_path, **{"ada/02.ipynb": NOTEBOOK, "ada/wards.csv": CSV})
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/ada/Zo\xeb.csv"))
    try:
        odd.write_bytes(CSV)
    except OSError:
        pytest.skip("this file system takes no such name")
    assert given(tmp_path, "ada/02.ipynb") == (["wards.csv"], "")
    odd.write_bytes(NOTEBOOK)
    held, remark = given(tmp_path, "ada/02.ipynb")
    assert held == [] and "somebody else's" in remark


def test_one_learner_s_chapters_under_their_own_names_share_a_folder(tmp_path):
    put(tmp_path, **{"ada/02_icc.ipynb": NOTEBOOK, "ada/01_independence.ipynb": NOTEBOOK,
                     "ada/wards.csv": CSV})  # fmt: skip
    names = beside._handed_out()
    assert {"02_icc.ipynb", "01_independence.ipynb"} <= names
    assert given(tmp_path, "ada/02_icc.ipynb") == (["wards.csv"], "")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_no_link_is_followed(tmp_path):
    (tmp_path / "secrets").mkdir()
    put(tmp_path, **{"secrets/key.csv": b"key", "in/ada/02.ipynb": NOTEBOOK})
    os.symlink("../../secrets/key.csv", tmp_path / "in/ada/key.csv")
    os.symlink("../../secrets", tmp_path / "in/ada/data")
    os.mkfifo(tmp_path / "in/ada/pipe.csv")
    assert given(tmp_path / "in", "ada/02.ipynb") == ([], "")


# ---- archives --------------------------------------------------------------------------------


def test_an_archive_is_a_folder_like_any_other(tmp_path):
    members = {"ada/02.ipynb": NOTEBOOK, "ada/d/wards.csv": CSV, "bob/02.ipynb": NOTEBOOK,
               "bob/secret.csv": b"bob's", "stray.csv": b""}  # fmt: skip
    put(tmp_path, **{"class.zip": submissions.zipped(members), "beside.csv": b"",
                     "ada.tgz": submissions.tarred({"02.ipynb": NOTEBOOK, "wards.csv": CSV})})  # fmt: skip
    assert given(tmp_path, "class.zip/ada/02.ipynb") == (["d/wards.csv"], "")
    assert given(tmp_path, "ada.tgz/02.ipynb") == (["wards.csv"], "")


@pytest.mark.parametrize(
    "name", ["../bob.csv", "x/../bob.csv", "/bob.csv", "..\\bob.csv", "C:\\b.csv"]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    put(tmp_path, **{"a.zip": submissions.zipped({"02.ipynb": NOTEBOOK, name: CSV})})
    assert given(tmp_path, "a.zip/02.ipynb") == ([], "")


def test_nor_does_a_notebook_with_such_a_name_read_anything(tmp_path):
    put(
        tmp_path,
        **{"a.zip": submissions.zipped({"x/../bob/02.ipynb": NOTEBOOK, "x/bob/b.csv": CSV})},
    )
    assert given(tmp_path, "a.zip/x/bob/02.ipynb") == ([], "")


def test_links_in_archives_are_refused(tmp_path):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("02.ipynb", NOTEBOOK)
        info = zipfile.ZipInfo("passwd.csv")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo("02.ipynb")
        info.size = len(NOTEBOOK)
        archive.addfile(info, io.BytesIO(NOTEBOOK))
        info = tarfile.TarInfo("passwd.csv")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    put(tmp_path, **{"a.zip": held.getvalue(), "b.tar": packed.getvalue()})
    assert given(tmp_path, "a.zip/02.ipynb") == ([], "")
    assert given(tmp_path, "b.tar/02.ipynb") == ([], "")


# ---- how much --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "kept"),
    [
        ({"a.csv": b"x" * 60, "b.csv": b"x" * 60}, ["a.csv"]),
        ({f"{k}.csv": b"" for k in range(5)}, ["0.csv", "1.csv", "2.csv"]),
        ({"a.csv": b"x" * 101}, []),
    ],
    ids=["together", "many", "one"],
)
def test_there_is_a_limit_and_it_is_said(tmp_path, monkeypatch, files, kept):
    monkeypatch.setattr(beside, "MOST_BYTES", 100)
    monkeypatch.setattr(beside, "MOST_FILES", 3)
    put(tmp_path, **{f"ada/{name}": content for name, content in files.items()})
    put(
        tmp_path,
        **{"ada/02.ipynb": NOTEBOOK, "a.zip": submissions.zipped({"02.ipynb": NOTEBOOK, **files})},
    )
    for name in ("ada/02.ipynb", "a.zip/02.ipynb"):
        held, remark = given(tmp_path, name)
        assert held == kept and "can't read" in remark


@pytest.mark.parametrize("name", ["wards.csv", "wards.TSV", "wards.dat", "wards.txt"])
def test_a_file_of_data_has_a_row_that_says_so(tmp_path, name):
    put(tmp_path, **{f"ada/{name}": CSV})
    (row,) = grade(handed_in(tmp_path)[0], None)
    assert row.remarks == ["a file of data, not a notebook: nothing to grade"]


# ---- where cells run -------------------------------------------------------------------------


class Noting:
    """Runs nothing; keeps what it is given."""

    def run(self, steps, files=None):
        self.files = files
        return Ran()

    def judge(self, key, given, who):
        return "wrong", ""


def test_the_cells_are_given_them_and_the_table_says_what_is_not(tmp_path):
    put(tmp_path, **{"ada/02.ipynb": NOTEBOOK, "ada/wards.csv": CSV})
    one, place = handed_in(tmp_path)[0], Noting()
    assert grade(one, place)[0].remarks == [] and place.files == {"wards.csv": CSV}
    put(tmp_path, **{"ada/other.ipynb": NOTEBOOK})
    (row,) = grade(one, place)
    assert place.files == {} and "'other.ipynb' may be somebody else's" in row.remarks[0]


def test_a_name_that_the_system_does_not_take_is_passed_over(tmp_path):
    _fill(tmp_path / "room", {"a\0b.csv": CSV, "../bob.csv": CSV, "d/wards.csv": CSV})
    left = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert left == [Path("room/d/wards.csv")]


@pytest.mark.parametrize("where", ["sandbox", "process"])
def test_cells_read_them_and_the_files_stay_as_they_are(tmp_path, where):
    if where == "sandbox" and sandbox.why_not():
        pytest.skip(f"no sandbox here: {sandbox.why_not()}")
    writes = "for name in ('wards.csv', '../bob/secret.csv'):\n  try: open(name, 'w').write('x')\n  except OSError: pass"
    looks = "import os\nanswer = len([n for _, _, f in os.walk('.') for n in f if n.endswith('.csv')]) * 1.0"
    made = submissions.notebook(
        submissions.code(READS.format("d/more.csv") + "\nassert answer == 5"),
        answers={"02.2": READS.format("wards.csv"), "02.3": looks},
        after=[submissions.code(writes)],
    )
    put(tmp_path, **{"ada/02.ipynb": submissions.dumped(made), "ada/wards.csv": CSV,
                     "ada/d/more.csv": CSV, "bob/secret.csv": b"bob's"})  # fmt: skip
    place = InSandbox() if where == "sandbox" else InProcess()
    (one,) = [one for one in handed_in(tmp_path) if one.name == "ada/02.ipynb"]
    (row,) = grade(one, place)
    assert row.remarks == [] and row.points["02.2"] == 2
    assert row.said["02.3"].given == 2  # its own two files, no other
    assert (tmp_path / "ada/wards.csv").read_bytes() == CSV
    assert (tmp_path / "bob/secret.csv").read_bytes() == b"bob's"
