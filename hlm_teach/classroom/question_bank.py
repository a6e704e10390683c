"""Make docs/question_bank.xml: quizzes and exercises in Moodle's XML, for learning platforms.

    python -m hlm_teach.classroom.question_bank

The notebooks' quizzes and the exercises that ask for numbers are the only source; this writes them in
the form that Moodle's question bank imports, a category for each chapter with one for its exercises
below it, and what is said to each choice or wrong number as its feedback.
"""

from __future__ import annotations

import argparse
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from hlm_teach.feedback.exercise import chapters

from .grading.feedback_page import prose
from .numeric_items import Item, items_of
from .places import ROOT

OUT = Path(ROOT, "docs", "question_bank.xml")
_RUN = re.compile(r"(?:<details><summary>\([a-h]\).*?</details>\s*)+", re.DOTALL)
# "**1. Words**" and "**1.** Words" both begin a question.
_NUMBER = re.compile(r"^\*\*\d+\.(?P<plain>\*\*)?\s+", re.MULTILINE)
_CHOICE = re.compile(r"<details><summary>\(([a-h])\)\s*(.*?)</summary>(.*?)</details>", re.DOTALL)
# A question that leans on another one can't stand alone in a bank.
_LEANS = re.compile(r"question \d|^(In t|T)he same ", re.MULTILINE)
_MARKS = {"em": "*", "code": "`", "strong": "**"}
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Choice:
    """One choice: its words, what is said to it, and whether it is the right one."""

    words: str
    says: str
    right: bool


@dataclass(frozen=True)
class Question:
    """One question of a chapter's quiz."""

    chapter: str
    number: int
    asked: str
    choices: tuple[Choice, ...]


def questions(notebook: Path) -> list[Question]:
    """The questions of a chapter's quiz that can stand alone, in order."""
    return [one for one in quiz_of(notebook) if not _LEANS.search(one.asked)]


def quiz_of(notebook: Path) -> list[Question]:
    """The whole quiz of a chapter."""
    found: list[Question] = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and "<details><summary>(a)" in source:
            found += _in_cell(source, notebook.name[:2], len(found))
    return found


def _in_cell(source: str, chapter: str, before: int) -> list[Question]:
    found: list[Question] = []
    end = 0
    for run in _RUN.finditer(source):
        asked = _asked(source[end : run.start()])
        found.append(Question(chapter, before + len(found) + 1, asked, _choices(run[0])))
        end = run.end()
    return found


def _asked(text: str) -> str:
    """The question that stands before its choices: from its number on, or else the last heading."""
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return text.rpartition("\n#")[2].partition("\n\n")[2].strip() or text.strip()
    asked = text[numbers[-1].end() :].strip()
    return asked if numbers[-1]["plain"] else asked.replace("**", "", 1)


def _choices(run: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(words.strip(), says.strip().lstrip("✓✗").strip(), says.strip().startswith("✓"))
        for _, words, says in _CHOICE.findall(run)
    )


def title(notebook: Path) -> str:
    """The chapter's heading, without marks."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        heading = _TITLE.search("".join(cell["source"]))
        if heading:
            return re.sub(r"[*`/]", "", heading[1]).strip()
    return notebook.stem


# ---- Moodle's XML --------------------------------------------------------------------------


def as_xml(notebooks: list[Path]) -> str:
    """All quizzes, and the exercises of the same chapters, as one file for Moodle's question bank."""
    quiz = ET.Element("quiz")
    for notebook in notebooks:
        chapter, held = notebook.name[:2], questions(notebook)
        category = f"{chapter} {title(notebook)}"
        numbers = items_of(chapter) if chapter in chapters() else []
        if held:
            _category(quiz, category)
        for question in held:
            _multichoice(quiz, question)
        if numbers:
            _category(quiz, f"{category}/Numbers from the exercises")
        for item in numbers:
            _numerical(quiz, item)
    ET.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(quiz, encoding="unicode") + "\n"


def _category(quiz: ET.Element, name: str) -> None:
    asked = ET.SubElement(quiz, "question", type="category")
    _text(asked, "category", f"$course$/top/Multilevel models/{name}")


def _multichoice(quiz: ET.Element, question: Question) -> None:
    name = f"{question.chapter}.{question.number:02} {_short(question.asked)}"
    asked = _question(quiz, "multichoice", name, _html(question.asked))
    _settings(asked, single="true", shuffleanswers="true", answernumbering="abc")
    for choice in question.choices:
        fraction = "100" if choice.right else "0"
        answer = _text(asked, "answer", _html(choice.words), fraction=fraction, format="html")
        _text(answer, "feedback", _html(choice.says), format="html")


def _numerical(quiz: ET.Element, item: Item) -> None:
    """The right number first: Moodle takes the first answer that a number is near enough to."""
    asked = _question(quiz, "numerical", item.name, item.asked)
    right = (_digits(item.number, item.decimals), item.right)
    wrong = [(_digits(value, item.decimals), says) for value, says in item.wrong]
    for place, (value, says) in enumerate([right, *wrong, ("*", item.otherwise)]):
        fraction = "0" if place else "100"
        answer = _text(asked, "answer", value, fraction=fraction, format="moodle_auto_format")
        ET.SubElement(answer, "tolerance").text = "0" if value == "*" else f"{item.tolerance:g}"
        _text(answer, "feedback", prose(says), format="html")
    _settings(asked, unitgradingtype="0", unitpenalty="0.1", showunits="3", unitsleft="0")


def _digits(value: float, decimals: int) -> str:
    """One digit more than asked for: how exact a number must be is said by its tolerance."""
    return f"{round(value, decimals + 1) + 0.0:.{decimals + 1}f}"


def _question(quiz: ET.Element, kind: str, name: str, html: str) -> ET.Element:
    """A question with what all kinds have."""
    asked = ET.SubElement(quiz, "question", type=kind)
    _text(asked, "name", name)
    _text(asked, "questiontext", html, format="html")
    _settings(asked, defaultgrade="1", penalty="0.3333333", hidden="0")
    return asked


def _settings(asked: ET.Element, **settings: str) -> None:
    for name, value in settings.items():
        ET.SubElement(asked, name).text = value


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    ET.SubElement(element, "text").text = text
    return element


def _html(text: str) -> str:
    """Markdown as HTML; the few tags that quizzes use are marks of Markdown first."""
    for tag, mark in _MARKS.items():
        text = re.sub(f"</?{tag}>", mark, text)
    return prose(text)


def _short(asked: str) -> str:
    plain = " ".join(re.sub(r"[*`_]", "", asked).split())
    return plain if len(plain) <= 60 else plain[:59].rsplit(" ", 1)[0] + " …"


def main() -> None:
    """Write the file."""
    notebooks = sorted((ROOT / "chapters").glob("*.ipynb"))
    OUT.write_text(as_xml(notebooks), encoding="utf-8", newline="\n")
    print(OUT.relative_to(ROOT).as_posix())


if __name__ == "__main__":
    argparse.ArgumentParser(
        "python -m hlm_teach.classroom.question_bank",
        description="Write docs/question_bank.xml anew from the quizzes and exercises.",
    ).parse_args()
    main()
