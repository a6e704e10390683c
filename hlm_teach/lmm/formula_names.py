"""Which variables a formula uses: asked of the engine that reads it, not guessed from its text.

In ``np.log(y) ~ bs(x, degree=2) + C(b, Treatment('log'))`` the variables are y, x and b; np, bs, C
and Treatment are called, `degree` is an argument's name and 'log' a value.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from statsmodels.formula._manager import FormulaManager


@dataclass(frozen=True)
class Names:
    """What a formula mentions, in order of appearance.

    Attributes
    ----------
    variables
        Names that must have values, those in Q('…') included.
    called
        Names of functions.
    rooted
        Names before the first dot of a call: np of np.log(x), x of x.mean(). Whether one is a
        module or a variable, only its value tells.
    plain
        The variables that are terms by themselves, not arguments of a function.
    coded
        The variables that are categories themselves: x of C(x), not of C(x > 2).
    within_codes
        The variables anywhere in the first argument of C(…).
    calls
        The factors that are more than a name.
    """

    variables: tuple[str, ...]
    called: frozenset[str]
    rooted: frozenset[str]
    plain: frozenset[str]
    coded: frozenset[str]
    within_codes: frozenset[str]
    calls: tuple[str, ...]


@lru_cache(maxsize=256)
def names_of(formula: str) -> Names:
    """The names in a formula, one- or two-sided.

    Raises
    ------
    SyntaxError, ValueError
        If the formula, or a piece of it, can't be read.

    Examples
    --------
    >>> names_of("np.log(y) ~ bs(x, degree=2) + C(b, Treatment('log')) + w").variables
    ('y', 'x', 'b', 'w')
    """
    variables: dict[str, None] = {}
    called: set[str] = set()
    rooted: set[str] = set()
    plain: set[str] = set()
    coded: set[str] = set()
    within_codes: set[str] = set()
    calls: list[str] = []
    for code in _factors(formula):
        tree = ast.parse(code, mode="eval").body
        if isinstance(tree, ast.Name):
            plain.add(tree.id)
        elif not isinstance(tree, ast.Constant):
            calls.append(code)
        found = _Reader()
        found.visit(tree)
        variables.update(dict.fromkeys(found.variables))
        called |= found.called
        rooted |= found.rooted
        plain |= found.quoted_alone(tree)
        coded |= found.coded
        within_codes |= found.within_codes
    return Names(
        tuple(variables),
        frozenset(called),
        frozenset(rooted),
        frozenset(plain),
        frozenset(coded),
        frozenset(within_codes),
        tuple(calls),
    )


Term = tuple[str, ...]


@lru_cache(maxsize=256)
def plain_terms(formula: str) -> tuple[tuple[Term, ...], ...] | None:
    """The terms of each side as the engine parsed them, each by its factors, where all factors are
    mere names; otherwise, and where the engine is not patsy, None.

    The intercept is the term without factors.

    >>> plain_terms("y ~ x * w")
    ((('y',),), ((), ('x',), ('w',), ('x', 'w')))
    """
    if FormulaManager().engine != "patsy":
        return None
    import patsy

    desc = patsy.ModelDesc.from_formula(formula)
    sides = [desc.lhs_termlist, desc.rhs_termlist] if "~" in formula else [desc.rhs_termlist]
    found = tuple(tuple(tuple(f.code for f in term.factors) for term in side) for side in sides)
    names = {name for side in found for term in side for name in term}
    return found if all(name.isidentifier() for name in names) else None


def as_read(name: object) -> str:
    """A column's name as Python reads it in a formula: µ (the micro sign) as μ (the letter)."""
    return unicodedata.normalize("NFKC", name) if isinstance(name, str) else ""


def how_to_write(name: str) -> str | None:
    """How a formula must write a name that isn't one to Python, or None if it can stay."""
    if name.isidentifier() and not keyword.iskeyword(name):
        return None
    return f"Q({name!r})"


def keywords_in(formula: str) -> list[str]:
    """Python's own words in a formula ("class", "lambda"), outside of quotes."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", formula)
    words = re.findall(r"[^\W\d]\w*", bare)
    return [word for word in dict.fromkeys(words) if keyword.iskeyword(word)]


def _factors(formula: str) -> list[str]:
    """The code of each factor."""
    manager = FormulaManager()
    if manager.engine == "patsy":
        import patsy

        desc = patsy.ModelDesc.from_formula(formula)
        terms = [*desc.lhs_termlist, *desc.rhs_termlist]
        return list(dict.fromkeys(f.code for term in terms for f in term.factors))
    import formulaic

    parsed = formulaic.Formula(formula)
    sides = [parsed.lhs, parsed.rhs] if hasattr(parsed, "lhs") else [parsed]
    codes = [str(f.expr) for side in sides for term in side for f in term.factors]
    return list(dict.fromkeys(_quoted(code) for code in codes))


def _quoted(code: str) -> str:
    """Code of formulaic, whose names in back quotes arrive bare."""
    try:
        ast.parse(code, mode="eval")
    except SyntaxError:
        return f"Q({code.strip('`')!r})"
    return code


class _Reader(ast.NodeVisitor):
    """Collects names by their role."""

    def __init__(self) -> None:
        self.variables: list[str] = []
        self.called: set[str] = set()
        self.rooted: set[str] = set()
        self.coded: set[str] = set()
        self.within_codes: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        self.variables.append(node.id)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Name):
            self.called.add(function.id)
            if function.id == "Q" and node.args and isinstance(node.args[0], ast.Constant):
                self.variables.append(str(node.args[0].value))
                return
            if function.id == "C" and node.args:
                inner = _Reader()
                inner.visit(node.args[0])
                self.within_codes |= set(inner.variables)
                if isinstance(node.args[0], ast.Name) or inner.quoted_alone(node.args[0]):
                    self.coded |= set(inner.variables)
        elif _module_of(function) is not None:
            self.rooted.add(str(_module_of(function)))
        else:
            self.visit(function)  # x.mean(): x is a variable
        for part in [*node.args, *(k.value for k in node.keywords)]:
            self.visit(part)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.visit(node.value)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        inner = _Reader()
        inner.visit(node.body)
        own = {argument.arg for argument in node.args.args}
        self.variables += [name for name in inner.variables if name not in own]
        self.called |= inner.called
        self.rooted |= inner.rooted

    def quoted_alone(self, tree: ast.expr) -> set[str]:
        """The variable of a factor that is Q('…') and nothing else."""
        alone = isinstance(tree, ast.Call) and getattr(tree.func, "id", "") == "Q"
        return set(self.variables) if alone else set()


def _module_of(function: ast.expr) -> str | None:
    """np of np.log, np.special of np.special.log; None for x.mean where x may be a variable."""
    node = function
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
