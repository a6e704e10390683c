"""What must hold of every stored notebook: each check returns its complaints, in words.

A check takes the notebook as parsed JSON and the path it lies at. `test_notebooks.py` runs
them all on every notebook, and each on a notebook made to break it.
"""

import ast
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
    "On your own data",
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
    # What another program printed is shown as it was.
    quoted = {place for place, cell in cells(notebook, "code") if "quoted-output" in tags(cell)}
    for place, output in outputs(notebook):
        if place in quoted:
            continue
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
            if feedback[:1] not in ("✓", "✗"):
                yield f"question {number}: {choice!r} is marked neither ✓ nor ✗"
            if len(feedback.strip("✓✗ ")) < 10:
                yield f"question {number}: no feedback on {choice!r}"
            if "✓" in choice or "✗" in choice:
                yield f"question {number}: a mark shows before the choice is opened"


# ---- two tracks: a core that everybody reads, deeper sections that are folded -----------------

DEEPER = "Deeper: "
MOST_WORDS, MOST_SHOWN = 3000, 25
PRESENTS = {"say", "show", "show_number", "predict_first", "reveal"}


def tags(cell: dict) -> set[str]:
    return set(cell["metadata"].get("tags", []))


def is_deeper(cell: dict) -> bool:
    return "deeper" in tags(cell)


def is_folded(cell: dict) -> bool:
    return bool(cell["metadata"].get("jupyter", {}).get("source_hidden"))


def core(notebook: dict) -> dict:
    """The notebook without its deeper sections."""
    return notebook | {"cells": [cell for cell in notebook["cells"] if not is_deeper(cell)]}


def first_heading(cell: dict) -> tuple[int, str] | None:
    """Level and title of the heading that a Markdown cell begins with."""
    found = re.match(r"(#{1,6})\s+(.+)", text(cell).lstrip())
    is_heading = cell["cell_type"] == "markdown" and found
    return (len(found.group(1)), found.group(2).strip()) if is_heading else None


def deeper_places(notebook: dict) -> set[int]:
    """Places of the cells that lie in a section "Deeper: …", its heading included."""
    places, open_level = set(), 0
    for place, cell in enumerate(notebook["cells"]):
        heading = first_heading(cell)
        if heading and heading[1].startswith(DEEPER):
            open_level = heading[0]
        elif heading and heading[0] <= open_level:
            open_level = 0
        if open_level:
            places.add(place)
    return places


def deeper_sections_are_marked(notebook, path):
    within = deeper_places(notebook)
    for place, cell in enumerate(notebook["cells"]):
        if is_deeper(cell) != (place in within):
            yield f"cell {place}: the tag 'deeper' and a section 'Deeper: …' go together"
        heading = first_heading(cell)
        if heading and heading[1].startswith(DEEPER):
            if not cell["metadata"].get("jp-MarkdownHeadingCollapsed"):
                yield f"cell {place}: {heading[1]!r} isn't folded (jp-MarkdownHeadingCollapsed)"
            paragraphs = [part for part in text(cell).split("\n\n")[1:] if part.strip()]
            if len(paragraphs) != 1:
                yield f"cell {place}: a deeper heading stands with one sentence, in a cell of its own"


def folded_cells_say_what_they_do(notebook, path):
    for place, cell in cells(notebook, "code"):
        if is_folded(cell) != ("hide-input" in tags(cell)):
            yield f"cell {place}: source_hidden and the tag hide-input go together"
        if is_folded(cell) and not text(cell).startswith("# "):
            yield f"cell {place}: a folded cell begins with a comment that says what it does"


def names_called(cell: dict) -> set[str]:
    """Names of the functions and methods that a cell calls, and of what it takes from `plots`."""
    tree = ast.parse(text(cell))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    plain = {func.id for func in calls if isinstance(func, ast.Name)}
    methods = {func.attr for func in calls if isinstance(func, ast.Attribute)}
    of_plots = {
        f"plots.{func.attr}"
        for func in calls
        if isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == "plots"
    }
    return plain | methods | of_plots


def shown_code_is_the_lesson(notebook, path):
    if path.parent.name != "chapters":
        return
    for place, cell in cells(notebook, "code"):
        presents = {
            name for name in names_called(cell) if name in PRESENTS or name.startswith("plots.")
        }
        if presents and not is_folded(cell):
            yield f"cell {place}: fold what only presents ({', '.join(sorted(presents))})"


def core_words(notebook: dict) -> int:
    """Words of the core's prose; what a quiz says to a choice counts where it's opened."""
    markdown = "\n".join(text(cell) for _, cell in cells(core(notebook), "markdown"))
    return len(re.sub(r"<details>.*?</details>", "", markdown, flags=re.DOTALL).split())


def core_is_one_session(notebook, path):
    if path.parent.name != "chapters":
        return
    shown = [cell for _, cell in cells(core(notebook), "code") if not is_folded(cell)]
    if core_words(notebook) > MOST_WORDS:
        yield f"{core_words(notebook)} words in the core, {MOST_WORDS} at most"
    if len(shown) > MOST_SHOWN:
        yield f"{len(shown)} cells with shown code in the core, {MOST_SHOWN} at most"


def head_tells_the_minutes(notebook, path):
    if path.parent.name != "chapters":
        return
    head = text(notebook["cells"][0])
    if not re.search(r"core\D{0,40}\d+ minutes", head, flags=re.IGNORECASE):
        yield "the first cell doesn't tell how many minutes the core takes"


def core_sections(notebook: dict) -> dict[str, str]:
    """The core's prose by its second-level headings; formulas and code are left out."""
    found = re.split(r"^## (.+)$", prose(core(notebook)), flags=re.MULTILINE)
    return dict(zip(["", *found[1::2]], [found[0], *found[2::2]]))


def core_needs_no_later_chapter(notebook, path):
    number = re.match(r"(\d\d)_", path.name)
    if path.parent.name != "chapters" or not number or number.group(1) == "00":
        return
    for title, section in core_sections(notebook).items():
        if title.startswith(("In short", "Go further", "You will be able to")):
            continue
        open_text = re.sub(r"\([^()]*\)|<details>.*?</details>", "", section, flags=re.DOTALL)
        for later in re.findall(r"[Cc]hapters? (\d+)", open_text):
            if int(later) > int(number.group(1)):
                yield f"{title!r}: chapter {later} is pointed to outside brackets"


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
    deeper_sections_are_marked,
    folded_cells_say_what_they_do,
    shown_code_is_the_lesson,
    core_is_one_session,
    head_tells_the_minutes,
    core_needs_no_later_chapter,
)
