"""docs/find_it.md leads somewhere: its names exist, and its sections are where it says."""

import ast
import inspect
import json
import re
import typing
from functools import cache
from pathlib import Path

import pytest
from notebook_checks import headings, text

import hlm_teach
from hlm_teach import LmmResult

pytestmark = pytest.mark.house
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "find_it.md"
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.ipynb"))
LINK = re.compile(r"\[([^\]]+)\]\((\S+\.ipynb)\)")
CODE = re.compile(r"`([^`]+)`")
FITS = {"fit", "small", "large"}
NOT_OURS = {"rng", "from hlm_teach import icc"}


def question_rows(page: str) -> list[str]:
    """The rows of the tables of questions, heads and rules left out."""
    lines = page.split("## The symbols")[0].splitlines()
    return [line for line in lines if re.match(r"\| (?!---|question )", line)]


# ---- names -------------------------------------------------------------------------------


def fields(kind: type) -> set[str]:
    return set(dir(kind)) | set(getattr(kind, "__dataclass_fields__", {}))


def function_of(func: ast.expr) -> object:
    """The function of hlm_teach, or method of a fit, that is called; None if neither."""
    if isinstance(func, ast.Name):
        return getattr(hlm_teach, func.id) if func.id in hlm_teach.__all__ else None
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        return getattr(LmmResult, func.attr, None) if func.value.id in FITS else None
    return None


def call_complaints(call: ast.Call) -> list[str]:
    function, said = function_of(call.func), ast.unparse(call)
    if not callable(function):
        return [f"{said}: no such function"]
    own = [None] if isinstance(call.func, ast.Attribute) else []  # a method's self
    given = {word.arg: None for word in call.keywords if word.arg}
    try:
        inspect.signature(function).bind(*own, *call.args, **given)
    except TypeError as wrong:
        return [f"{said}: {wrong}"]
    return []


def attribute_complaints(node: ast.Attribute) -> list[str]:
    owner = node.value
    if isinstance(owner, ast.Name) and owner.id in FITS:
        known = fields(LmmResult)
    elif isinstance(owner, ast.Call) and function_of(owner.func):
        known = fields(typing.get_type_hints(function_of(owner.func))["return"])
    else:
        return []
    return [] if node.attr in known else [f"{ast.unparse(node)}: no such attribute"]


def name_complaints(code: str) -> list[str]:
    """What is wrong with a piece of code of the page; one without a name of ours is wrong."""
    if code in NOT_OURS | FITS:
        return []
    tree = ast.parse(code, mode="eval")
    if isinstance(tree.body, ast.Name):
        return [] if tree.body.id in hlm_teach.__all__ else [f"{code}: no such name"]
    complaints = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            complaints += call_complaints(node)
        elif isinstance(node, ast.Attribute):
            complaints += attribute_complaints(node)
    return complaints if names_in(code) else [*complaints, f"{code}: nothing of hlm_teach"]


def names_in(code: str) -> set[str]:
    """The functions called and the attributes of fits named in a piece of code."""
    nodes = list(ast.walk(ast.parse(code, mode="eval")))
    called = {n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    named = {
        n.attr
        for n in nodes
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id in FITS
    }
    return called | named


def test_every_name_exists():
    pieces = CODE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(pieces) > 60
    assert not [wrong for code in pieces for wrong in name_complaints(code)]


# ---- sections ----------------------------------------------------------------------------


@cache
def notebook(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def sections(path: Path) -> dict[str, str]:
    """What stands, prose and code, under each heading, down to the next of any level."""
    found, current = {}, ""
    for cell in notebook(path)["cells"]:
        for line in text(cell).splitlines():
            if cell["cell_type"] == "markdown" and (head := re.match(r"#+ (.*)", line)):
                current = head[1].strip()
            found[current] = found.get(current, "") + line + "\n"
    return found


def link_complaints(label: str, target: str) -> list[str]:
    """Is "4 Random slopes: Its heading" a heading of chapter 04?"""
    path = (PAGE.parent / target).resolve()
    if not path.exists():
        return [f"{target}: no such notebook"]
    chapter, _, heading = label.partition(": ")
    wrong = []
    if f"{int(chapter.split()[0]):02d}" != path.name[:2]:
        wrong.append(f"{label}: leads to {path.name}")
    if heading not in {words for _, words in headings(notebook(path))}:
        wrong.append(f"{label}: no such heading in {path.name}")
    return wrong


def row_complaints(row: str) -> list[str]:
    """Does each section that a row names speak of each function of that row?"""
    return [
        f"{label}: nothing of {name}"
        for label, target in LINK.findall(row)
        for name in sorted(set().union(*map(names_in, CODE.findall(row))))
        if not re.search(
            rf"\b{name}\b",
            sections((PAGE.parent / target).resolve()).get(label.partition(": ")[2], ""),
        )
    ]


def test_every_section_is_there():
    links = LINK.findall(PAGE.read_text(encoding="utf-8"))
    assert not [wrong for label, target in links for wrong in link_complaints(label, target)]


def test_every_question_has_its_function_and_a_section_that_speaks_of_it():
    questions = question_rows(PAGE.read_text(encoding="utf-8"))
    assert 35 <= len(questions) <= 95
    assert all(CODE.search(row) and LINK.search(row) for row in questions)
    assert not [wrong for row in questions for wrong in row_complaints(row)]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_chapter_is_linked(path):
    links = PAGE.read_text(encoding="utf-8").count(f"](../chapters/{path.name})")
    assert links >= 2, f"docs/find_it.md has {links} links to {path.name}, two are wanted"


# ---- the checks bite ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "iccc(fit)",
        "fit.cov_ree",
        "fit.joint_tests(terms)",
        "vpc(fit)",
        "icc_interval(fit, levle=0.9)",
        "likelihood_ratio_test(small, large).statistics",
        "iccc",
        "model.fit",
    ],
)
def test_a_wrong_name_is_seen(code):
    assert name_complaints(code)


@pytest.mark.parametrize(
    ("label", "target"),
    [
        ("2 ICC: How sure are you?", "../chapters/02_icc.ipynb"),
        ("3 ICC: How sure are we?", "../chapters/02_icc.ipynb"),
        ("2 ICC: How sure are we?", "../chapters/02_ic.ipynb"),
    ],
)
def test_a_wrong_section_is_seen(label, target):
    assert link_complaints(label, target)


def test_a_section_that_is_silent_is_seen():
    row = "| q | `icc_lab()` | [2 ICC: How sure are we?](../chapters/02_icc.ipynb) |"
    assert row_complaints(row)
