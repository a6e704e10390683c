"""What must hold of every stored notebook: each check returns its complaints, in words.

A check takes the notebook as parsed JSON and the path it lies at. `test_notebooks.py` runs
them all on every notebook, and each on a notebook made to break it.
"""

import re
from base64 import b64decode
from html import unescape
from pathlib import Path
from urllib.parse import unquote

BONES = (
    "The question",
    "You will be able to",
    "Predict first",
    "The idea",
    "The lab",
    "Real data",
    "Pitfalls",
    "How to report it",
    "Check yourself",
    "In short",
    "Go further",
)
LONGEST_CELL = 12
PALETTE = 3  # the colour type of a PNG with a palette, in the byte at 25
QUESTIONS_WANTED = 5
CHOICE = re.compile(r"<details>\s*<summary>\s*\((\w)\)(.*?)</summary>(.*?)</details>", re.DOTALL)


def text(cell: dict) -> str:
    """The source of a cell, or the text of an output's part."""
    return "".join(cell["source"])


def cells(notebook: dict, kind: str) -> list[tuple[int, dict]]:
    """Cells of one type that aren't blank, each with its place."""
    return [
        (place, cell)
        for place, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == kind and text(cell).strip()
    ]


def outputs(notebook: dict) -> list[tuple[int, dict]]:
    """All stored outputs, each with the place of its cell."""
    return [
        (place, output)
        for place, cell in cells(notebook, "code")
        for output in cell.get("outputs", [])
    ]


def words(output: dict) -> str:
    """All that an output says in text, its pictures' bytes left out."""
    data = output.get("data", {})
    parts = ["".join(data.get(kind, "")) for kind in ("text/plain", "text/html", "text/markdown")]
    return re.sub(r'data:image/[^"\']*', "", "\n".join(["".join(output.get("text", "")), *parts]))


def prose(notebook: dict) -> str:
    """All Markdown, without its code."""
    joined = "\n\n".join(text(cell) for _, cell in cells(notebook, "markdown"))
    return re.sub(r"```.*?```|`[^`\n]*`", "", joined, flags=re.DOTALL)


def headings(notebook: dict) -> list[tuple[int, str]]:
    """Level and text of each Markdown heading."""
    return [
        (len(marks), title.strip())
        for marks, title in re.findall(r"^(#{1,6})\s+(.+)$", prose(notebook), flags=re.MULTILINE)
    ]


def pictures_have_alt_text(notebook, path):
    for place, output in outputs(notebook):
        data = output.get("data", {})
        if "image/png" in data:
            yield f"cell {place}: a bare picture, to which JupyterLab gives no alt text (use show)"
        for tag in re.findall(r"<img[^>]*>", "".join(data.get("text/html", ""))):
            shown = re.search(r'\balt="([^"]+)"', tag)
            if not (shown and unescape(shown.group(1)).strip()):
                yield f"cell {place}: no <img alt=…> in text/html (use show)"


def pictures_are_small(notebook, path):
    for place, output in outputs(notebook):
        html = "".join(output.get("data", {}).get("text/html", ""))
        for code in re.findall(r'src="data:image/png;base64,([^"]+)"', html):
            if b64decode(code)[25] != PALETTE:
                yield f"cell {place}: a PNG without a palette, three times the size (use show)"


def no_widget_state(notebook, path):
    if "widgets" in notebook["metadata"]:
        yield "widget state in the notebook's metadata"
    for place, output in outputs(notebook):
        if any("widget-view" in kind for kind in output.get("data", {})):
            yield f"cell {place}: a widget's view is stored (python course.py refresh)"


def no_timings(notebook, path):
    for place, cell in cells(notebook, "code"):
        if {"execution", "ExecuteTime"} & set(cell["metadata"]):
            yield f"cell {place}: time of execution in the metadata (python course.py refresh)"


def no_errors_or_warnings(notebook, path):
    for place, output in outputs(notebook):
        if output["output_type"] == "error":
            yield f"cell {place}: stored error {output['ename']}"
        if output.get("name") == "stderr":
            yield f"cell {place}: stderr {''.join(output['text'])[:60]!r}"


def executed_in_order(notebook, path):
    counts = [cell["execution_count"] for _, cell in cells(notebook, "code")]
    if path.parent.name == "exercises":
        if any(counts) or outputs(notebook):
            yield "an exercise notebook is stored without outputs and execution counts"
    elif counts != list(range(1, len(counts) + 1)):
        yield f"execution counts {counts} are not 1, 2, … (python course.py refresh)"


def headings_in_order(notebook, path):
    levels = [level for level, _ in headings(notebook)]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"one H1, first of all headings, is wanted; levels are {levels}"
    for before, after in zip(headings(notebook), headings(notebook)[1:]):
        if after[0] > before[0] + 1:
            yield f"heading {after[1]!r} skips a level"


def enough_prose(notebook, path):
    # The line that checks an answer needs no prose: it is what talks.
    run = len(
        [
            cell
            for _, cell in cells(notebook, "code")
            if not cell["metadata"].get("nbgrader", {}).get("grade")
        ]
    )
    said = len(cells(notebook, "markdown"))
    if said < run:
        yield f"{said} prose cells for {run} code cells"


def short_code_cells(notebook, path):
    for place, cell in cells(notebook, "code"):
        n_lines = len(text(cell).strip().splitlines())
        if n_lines > LONGEST_CELL:
            yield f"cell {place}: {n_lines} lines of code, {LONGEST_CELL} at most"


def rounded_numbers(notebook, path):
    for place, output in outputs(notebook):
        for number in re.findall(r"\d*\.\d{6,}", words(output)):
            yield f"cell {place}: {number} has six or more decimals"


def links(notebook: dict) -> list[str]:
    """Targets of all links and pictures in the prose and in displayed Markdown and HTML."""
    shown = "\n".join(words(output) for _, output in outputs(notebook))
    everything = prose(notebook) + "\n" + shown
    return re.findall(r"\]\(<?([^)\s>]+)", everything) + re.findall(
        r'(?:href|src)="([^"]*)"', everything
    )


def links_lead_somewhere(notebook, path):
    anchors = {title.replace(" ", "-").lower() for _, title in headings(notebook)}
    for target in filter(None, links(notebook)):
        file, _, anchor = unquote(target).partition("#")
        if re.match(r"(https|mailto|attachment):", target):
            continue
        if re.match(r"/|\w+:|\\", target):
            yield f"absolute link {target!r}"
        elif file and not (path.parent / file).exists():
            yield f"{target!r} leads to no file"
        elif anchor and not file and anchor.lower() not in anchors:
            yield f"{target!r} leads to no heading"


def chapter_number(path: Path) -> int | None:
    """Number of a chapter that has the full set of bones; None of any other notebook."""
    number = re.match(r"(\d\d)_", path.name)
    is_chapter = path.parent.name == "chapters" and number and int(number.group(1)) >= 1
    return int(number.group(1)) if is_chapter else None


def has_the_bones(notebook, path):
    if chapter_number(path) is None:
        return
    titles = iter([title.lower() for _, title in headings(notebook)])
    for bone in BONES:
        if not any(title.startswith(bone.lower()) for title in titles):
            yield f"no heading 'The question …' to 'Go further' in order: {bone!r} is missing"
            return


def quiz(notebook: dict) -> list[list[tuple[str, str]]]:
    """The questions of a notebook, each a list of (choice, feedback)."""
    questions = []
    for letter, choice, feedback in CHOICE.findall(
        "\n".join(text(cell) for _, cell in cells(notebook, "markdown"))
    ):
        if letter == "a":
            questions.append([])
        if questions:
            questions[-1].append((choice.strip(), feedback.strip()))
    return questions


def quizzes_give_feedback(notebook, path):
    if chapter_number(path) is None:
        return
    questions = quiz(notebook)
    if len(questions) < QUESTIONS_WANTED:
        yield f"{len(questions)} quiz questions, {QUESTIONS_WANTED} are wanted"
    for number, choices in enumerate(questions, start=1):
        if len(choices) < 2:
            yield f"question {number}: a single choice"
        if sum("✓" in feedback for _, feedback in choices) != 1:
            yield f"question {number}: not exactly one choice marked ✓ in its feedback"
        for choice, feedback in choices:
            if len(feedback.strip("✓ ")) < 10:
                yield f"question {number}: no feedback on {choice!r}"
            if "✓" in choice:
                yield f"question {number}: ✓ shows before the choice is opened"


CHECKS = (
    pictures_have_alt_text,
    pictures_are_small,
    no_widget_state,
    no_timings,
    no_errors_or_warnings,
    executed_in_order,
    headings_in_order,
    enough_prose,
    short_code_cells,
    rounded_numbers,
    links_lead_somewhere,
    has_the_bones,
    quizzes_give_feedback,
)
