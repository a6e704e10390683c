"""What is done is kept beside the notebooks, survives damage, and loses nothing of the reader's."""

import json
import os
from pathlib import Path

import pytest

from hlm_teach import check
from hlm_teach.feedback import progress as module


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A learner's folder, and a session that has just begun."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HLM_TEACH_PROGRESS", raising=False)
    monkeypatch.setattr(module, "_this_session", set())
    return tmp_path


def new_session(monkeypatch):
    monkeypatch.setattr(module, "_this_session", set())


def test_nothing_is_written_before_something_is_right(folder):
    check("02.3")
    check("02.3", 0.5)
    assert module.done() == set() and list(folder.iterdir()) == []


def test_what_is_right_is_kept_for_the_next_session(folder, monkeypatch):
    check("02.3", 0.1804)
    new_session(monkeypatch)
    assert module.done() == {"02.3"}
    assert json.loads((folder / module.FILE).read_text(encoding="utf-8")) == {"done": ["02.3"]}


def test_two_notebooks_at_once_lose_nothing(folder, monkeypatch):
    check("02.3", 0.1804)
    new_session(monkeypatch)
    check("02.2", 5)
    new_session(monkeypatch)
    assert module.done() == {"02.2", "02.3"}


def test_progress_lists_what_is_done(folder, capsys):
    check("02.3", 0.1804)
    capsys.readouterr()
    module.progress()
    said = capsys.readouterr().out
    assert "✓02.3" in said and "○02.2" in said and "Chapter 02: 1 of 10" in said


def test_progress_of_one_chapter(folder, capsys):
    module.progress("01")
    said = capsys.readouterr().out
    assert "○01.1" in said and "02.1" not in said
    with pytest.raises(ValueError, match="chapter='99'"):
        module.progress("99")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"done": 3}', b'{"done": [3]}', b"\xff\xfe\x00", b'"done"', b"[" * 10**5],
)
def test_a_damaged_file_is_set_aside_and_said(folder, capsys, content, monkeypatch):
    (folder / module.FILE).write_bytes(content)
    assert module.done() == set()
    check("02.3", 0.1804)
    assert f"{module.FILE} was damaged" in capsys.readouterr().out
    assert (folder / f"{module.FILE}.damaged-1").read_bytes() == content
    new_session(monkeypatch)
    assert module.done() == {"02.3"}


def test_a_second_damage_does_not_overwrite_the_first(folder):
    for content in ("one", "two"):
        (folder / module.FILE).write_text(content)
        module._this_session.clear()
        check("02.3", 0.1804)
    assert [
        (folder / f"{module.FILE}.damaged-{n}").read_text(encoding="utf-8") for n in (1, 2)
    ] == ["one", "two"]


def test_deleting_the_file_starts_afresh(folder, monkeypatch):
    check("02.3", 0.1804)
    (folder / module.FILE).unlink()
    new_session(monkeypatch)
    assert module.done() == set()


def test_a_folder_that_cannot_be_written_is_said_and_the_session_remembers(
    folder, capsys, monkeypatch
):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.tempfile, "mkstemp", refuse)
    check("02.3", 0.1804)
    assert "can't be kept in this folder (Permission denied)" in capsys.readouterr().out
    assert module.done() == {"02.3"}


def test_a_failure_half_way_leaves_the_old_file(folder, monkeypatch):
    check("02.3", 0.1804)
    before = (folder / module.FILE).read_bytes()
    monkeypatch.setattr(module.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    check("02.2", 5)
    assert (folder / module.FILE).read_bytes() == before
    assert [path.name for path in folder.iterdir()] == [module.FILE]


def test_off_reads_and_writes_nothing(folder, monkeypatch):
    Path(module.FILE).write_text('{"done": ["02.1"]}', encoding="utf-8")
    monkeypatch.setitem(os.environ, "HLM_TEACH_PROGRESS", "off")
    check("02.3", 0.1804)
    assert module.done() == {"02.3"}
    assert Path(module.FILE).read_text(encoding="utf-8") == '{"done": ["02.1"]}'
