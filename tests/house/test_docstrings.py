"""Where a public docstring lists parameters, it lists them all, and no others.

Those of figures leave out what all of them take, such as axes and titles, and aren't read here.
"""

import inspect
import re
from collections.abc import Callable, Iterator

import pytest

import hlm_teach

SECTION = re.compile(
    r"^Parameters\n-+\n(.*?)(?=\n\n[A-Z]\w+\n-+$|\n\n>>>|\Z)", re.DOTALL | re.MULTILINE
)
OTHERS = re.compile(r"the others as in `(\w+)`")


def public() -> Iterator[tuple[str, Callable]]:
    """Functions that the package offers, and the methods of its classes."""
    for name in hlm_teach.__all__:
        thing = getattr(hlm_teach, name)
        if inspect.isfunction(thing):
            yield name, thing
        elif inspect.isclass(thing):
            methods = inspect.getmembers(thing, inspect.isfunction)
            yield from ((f"{name}.{m}", f) for m, f in methods if not m.startswith("_"))


def listed(function: Callable) -> set[str] | None:
    """The parameters that a docstring lists; None where it has no such section."""
    section = SECTION.search(inspect.getdoc(function) or "")
    if section is None:
        return None
    heads = [line.split(":")[0] for line in section[1].splitlines() if re.match(r"\S", line)]
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


FUNCTIONS = {name: function for name, function in public() if listed(function) is not None}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_parameters_are_listed_and_no_others(name):
    function = FUNCTIONS[name]
    taken, named = set(inspect.signature(function).parameters) - {"self"}, listed(function)
    for other in OTHERS.findall(inspect.getdoc(function)):
        named |= listed(getattr(hlm_teach, other)) & taken
    assert named == taken


def test_there_are_functions_to_read():
    assert len(FUNCTIONS) > 80
