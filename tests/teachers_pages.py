"""A teacher's page, read as its tests read it: sections, tables, stops of a lab, sums.

The form stands in `docs/teaching.md`. Nothing of a page is listed a second time for the tests.
"""

import ast
import operator
import re
from collections.abc import Iterator
from pathlib import Path

from hlm_teach.labs.controls import Menu, Slider, Switch

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs" / "teaching").glob("*.md"))
HEADINGS = [
    "Goal",
    "Plan",
    "Stops in the lab",
    "What you will hear",
    "Exit card",
    "Homework",
    "Slides",
]
MINUS = {"\N{MINUS SIGN}": "-", "\N{MULTIPLICATION SIGN}": "*", "²": "**2"}
SUM = re.compile(r"`([^`\n]+ = [^`\n]+)`")
NUMBER = re.compile(r"(?<![\w.,])−?\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def sections(page: str) -> dict[str, str]:
    """What stands under each heading of the second level, in order."""
    found = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def rows(table: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells[2:] if row]


def words(page: str) -> int:
    """Words on paper: without the bars of tables and the addresses of links."""
    shown = re.sub(r"\]\([^)]*\)", "]", page)
    return len([word for word in shown.split() if re.search(r"\w", word)])


# ---- stops ---------------------------------------------------------------------------------


def labs_of(section: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Each lab's title (or chapter 0's page) and its table of stops."""
    for title, table in re.findall(r"^\*([^*]+)\*[^|]*?\n\n((?:\|.*\n?)+)", section, re.MULTILINE):
        yield title.rstrip("."), rows(table)


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ").strip()


def settings(given: str, controls: dict) -> dict:
    """What a teacher sets, as `Lab.set` takes it: `τ₀₀ = 0; what is broken: memory`."""
    if given == "as it opens":
        return {}
    return dict(one_setting(part, controls) for part in given.split(";"))


def one_setting(part: str, controls: dict) -> tuple[str, object]:
    is_slider = "=" in part
    name, _, value = (plain(piece) for piece in part.partition("=" if is_slider else ":"))
    kinds = Slider if is_slider else (Menu, Switch)
    found = [
        control
        for control in controls.values()
        if isinstance(control, kinds)
        and name in (plain(control.symbol), plain(control.words), plain(control.label))
    ]
    if len(found) != 1:
        raise ValueError(f"{part!r}: {len(found)} controls of that name")
    return found[0].name, in_its_kind(found[0], value)


def in_its_kind(control, value: str) -> object:
    """The value as the control takes it, which a reader's slider can stand on."""
    if isinstance(control, Switch):
        return {"on": True, "off": False}[value]
    if isinstance(control, Menu):
        return value
    number = float(value.replace("−", "-"))
    if not control.log:
        steps = (number - control.low) / control.step
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(f"{control.name} = {value}: the slider doesn't stop there")
    return int(number) if control.whole else number


def quoted(cell: str) -> list[str]:
    return re.findall(r'"([^"]+)"', cell)


# ---- sums ----------------------------------------------------------------------------------

_DO = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def value_of(side: str) -> float:
    """The value of a side of a sum, in numbers, + − × / ( ) ² √."""
    for sign, meant in MINUS.items():
        side = side.replace(sign, meant)
    side = re.sub(r"√\(", "root(", side)
    side = re.sub(r"√([\d.]+)", r"root(\1)", side)
    return evaluated(ast.parse(side.replace(",", "").strip(), mode="eval").body)


def evaluated(node: ast.AST) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -evaluated(node.operand)
    if isinstance(node, ast.Call):
        return evaluated(node.args[0]) ** 0.5
    if isinstance(node, ast.BinOp):
        return _DO[type(node.op)](evaluated(node.left), evaluated(node.right))
    raise ValueError(f"not a sum: {ast.unparse(node)}")


def is_right(given: str) -> bool:
    """Whether a printed sum holds, to the digits of its last number."""
    *sides, result = given.split("=")
    digits = len(result.strip().partition(".")[2])
    return all(abs(value_of(side) - value_of(result)) <= 0.5 * 10**-digits + 1e-9 for side in sides)


def sums(text: str) -> list[str]:
    return SUM.findall(text)


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))
