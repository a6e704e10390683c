"""The pages for teachers: one form, stops that the labs show, sums that are right, homework that is core.

A stop is set in the chapter's lab as a teacher sets it; what the page says one reads must stand in
the line under the picture. No number stands on a page that neither chapter, lab nor a sum shows.
"""

import json
import re
from functools import cache

import pytest
import teachers_pages as tp
from notebook_checks import cells, outputs, text

import hlm_teach
from hlm_teach.lessons import lab_names

pytestmark = pytest.mark.house
CHAPTERS = sorted((tp.ROOT / "chapters").glob("[01][0-9]_*.ipynb"))
MOST_WORDS = 650
LAST = 90


@pytest.fixture(params=tp.PAGES, ids=lambda path: path.stem)
def path(request):
    return request.param


@cache
def notebook(folder, stem):
    return json.loads((tp.ROOT / folder / f"{stem}.ipynb").read_text(encoding="utf-8"))


@cache
def shown_in(stem):
    """All text of a chapter: its cells, and what is stored below them, without pictures."""
    book = notebook("chapters", stem)
    stored = [value for _, output in outputs(book) for value in texts_of(output)]
    return "\n".join([*map(text, book["cells"]), *stored])


def texts_of(output):
    found = [output.get("text", "")]
    found += [value for kind, value in output.get("data", {}).items() if kind.startswith("text/")]
    return [re.sub(r'src="[^"]*"', "", "".join(value)) for value in found]


def headings(stem):
    prose = "\n".join(text(cell) for _, cell in cells(notebook("chapters", stem), "markdown"))
    return set(re.findall(r"^#+ (.+)$", prose, flags=re.MULTILINE))


@cache
def labs():
    """Every lab and the chapter it belongs to, by its title."""
    found = {}
    for name in lab_names():
        maker = getattr(hlm_teach, name)
        lab = maker()
        found[lab.title] = lab, re.search(r"\.ch(\d\d)_", maker.__module__)[1]
    return found


# ---- the form ----------------------------------------------------------------------------


def test_each_chapter_has_a_page_and_the_entrance_leads_to_it():
    assert [page.stem for page in tp.PAGES] == [chapter.stem for chapter in CHAPTERS]
    entrance = tp.read(tp.ROOT / "docs" / "teaching.md")
    assert re.findall(r"\]\(teaching/(\w+)\.md\)", entrance) == [page.stem for page in tp.PAGES]


def test_all_pages_have_one_form(path):
    page = tp.read(path)
    assert list(tp.sections(page)) == tp.HEADINGS
    assert page.startswith(f"# Teaching chapter {int(path.stem[:2])}: ")
    assert f"../../chapters/{path.stem}.ipynb" in page and "(../teaching.md)" in page


def test_a_page_fits_one_sheet(path):
    assert tp.words(tp.read(path)) <= MOST_WORDS


def test_the_plan_is_one_session_without_a_gap(path):
    spans = [row[0].split("–") for row in tp.rows(tp.sections(tp.read(path))["Plan"])]
    starts, ends = ([int(span[side]) for span in spans] for side in (0, 1))
    assert starts == [0, *ends[:-1]] and ends[-1] <= LAST
    assert all(start < end for start, end in zip(starts, ends, strict=True))


def test_sections_that_a_page_names_are_in_the_chapter(path):
    parts = tp.sections(tp.read(path))
    named = re.findall(r"(?<!\*)\*([^*]+)\*", parts["Plan"] + parts["Slides"])
    assert named and {name.rstrip(".") for name in named} <= {
        heading.rstrip(".") for heading in headings(path.stem)
    }


def test_wrong_answers_get_a_question_back(path):
    heard = tp.rows(tp.sections(tp.read(path))["What you will hear"])
    assert 3 <= len(heard) <= 5
    assert all(tp.quoted(said) and "?" in asked for said, asked in heard)


def test_links_lead_to_files(path):
    targets = re.findall(r"\]\(([^)#\s]+)\)", tp.read(path))
    assert targets and all((path.parent / target).exists() for target in targets)


# ---- the stops ---------------------------------------------------------------------------


def stops():
    """Each lab's stops, one case a lab: page, title, rows."""
    for page in tp.PAGES:
        for title, table in tp.labs_of(tp.sections(tp.read(page))["Stops in the lab"]):
            yield pytest.param(page.stem, title, table, id=f"{page.stem[:2]}-{title[:20]}")


@cache
def read_at(stem, title):
    """The table of a lab's stops, what stands under the picture at each, and where it opens."""
    [table] = [case.values[2] for case in stops() if case.values[:2] == (stem, title)]
    lab, chapter = labs()[title]
    assert chapter == stem[:2], "the lab of another chapter"
    found = []
    for given, *_ in table:
        lab.reset().set(**tp.settings(given, lab.controls))
        found.append(lab.readout_text)
    return table, found, lab.reset().readout_text


LAB_STOPS = [case for case in stops() if not case.values[0].startswith("00")]


@pytest.mark.parametrize(("stem", "title", "table"), LAB_STOPS)
def test_a_lab_shows_what_the_page_says_one_reads(stem, title, table):
    _, readouts, _ = read_at(stem, title)
    for (given, read, *_), readout in zip(table, readouts, strict=True):
        parts = tp.quoted(read)
        assert parts and not re.sub(r'"[^"]+"|[;\s]', "", read), f"{read}: only quoted text here"
        assert all(part in readout for part in parts), (given, read, readout)


def test_every_lab_of_the_core_has_two_stops_or_more():
    stopped = {case.values[1]: len(case.values[2]) for case in LAB_STOPS}
    assert all(case.values[1] in labs() for case in LAB_STOPS)
    for chapter in CHAPTERS[1:]:
        of_chapter = {title for title, (_, number) in labs().items() if number == chapter.stem[:2]}
        assert sum(stopped.get(title, 0) for title in of_chapter) >= 2, chapter.stem


def test_the_stops_of_the_start_page_are_on_it():
    page = tp.sections(tp.read(tp.PAGES[0]))["Stops in the lab"]
    [(_, table)] = tp.labs_of(page)
    for cell, read, *_ in table:
        assert cell.strip("*") in headings("00_start_here")
        assert all(part in shown_in("00_start_here") for part in tp.quoted(read)), read


def test_stops_ask_and_answer(path):
    for _, table in tp.labs_of(tp.sections(tp.read(path))["Stops in the lab"]):
        assert all(len(row) == 4 and "?" in row[2] and row[3] for row in table)


# ---- the numbers -------------------------------------------------------------------------


def test_sums_are_right(path):
    page = tp.read(path)
    assert tp.sums(tp.sections(page)["Exit card"]), "the key has a sum or two"
    wrong = [one for one in tp.sums(page) if not tp.is_right(one)]
    assert not wrong


def test_the_key_gives_no_number_without_a_sum(path):
    card = tp.sections(tp.read(path))["Exit card"]
    asked, _, key = card.partition("Key.")
    assert len(re.findall(r"^\d\. ", asked, flags=re.MULTILINE)) == 2
    beside = tp.numbers(re.sub(r"`[^`]*`|\b[12]:", "", key))
    assert beside <= tp.numbers(asked) | tp.numbers(" ".join(tp.sums(key)).replace("`", " "))


def known_numbers(stem):
    """Numbers, without sign, that the chapter shows, or a lab as it opens and at a stop."""
    seen = [shown_in(stem)]
    for case in LAB_STOPS:
        if case.values[0] == stem:
            table, found, opening = read_at(*case.values[:2])
            seen += [opening, *found, *(row[0] for row in table)]
    return unsigned("\n".join(seen))


def unsigned(seen):
    return {number.lstrip("−") for number in tp.numbers(seen)}


def test_no_number_comes_from_elsewhere(path):
    """Whole numbers below a hundred are words; others are the chapter's, the lab's, or a sum's."""
    parts = tp.sections(tp.read(path))
    said = [parts[name] for name in ("Goal", "Plan", "What you will hear")]
    tables = [table for _, table in tp.labs_of(parts["Stops in the lab"])]
    said += [" ".join(row[2:]) for table in tables for row in table]
    worth = {one for one in unsigned(re.sub(tp.SUM, "", "\n".join(said))) if len(one) > 2}
    assert worth <= known_numbers(path.stem)


def test_a_wrong_sum_is_noticed():
    assert tp.is_right("9/(9 + 36) = 0.20") and not tp.is_right("9/(9 + 36) = 0.21")
    assert tp.is_right("√(9 × 0.9/0.1) = 9") and not tp.is_right("2 − 1.96 × 2 = −1.93")


# ---- the homework ------------------------------------------------------------------------


def core_exercises(stem):
    """Head of the solutions' first cell, and the exercises that are marked as core."""
    book = notebook("solutions", stem)
    prose = [text(cell) for _, cell in cells(book, "markdown")]
    marked = [
        re.match(r"## (\d\d\.\d+ .+)", cell)[1] for cell in prose if "*Core exercise.*" in cell
    ]
    return prose[0], marked


def all_exercises(stem):
    prose = [text(cell) for _, cell in cells(notebook("solutions", stem), "markdown")]
    return [found[1] for cell in prose if (found := re.match(r"## (\d\d\.\d+ .+)", cell))]


def test_homework_is_what_the_solutions_mark_as_core(path):
    given = tp.sections(tp.read(path))["Homework"]
    listed = re.findall(r"^- (\d\d\.\d+ .+)$", given, flags=re.MULTILINE)
    if path.stem.startswith("00"):
        assert not listed
        return
    head, marked = core_exercises(path.stem)
    assert listed == (marked or all_exercises(path.stem))
    time = r"core, about (\d+ minutes)" if marked else r"exercises, (\d+ to \d+ minutes) each"
    assert re.search(time, head)[1] in given


def test_the_deck_is_the_chapters(path):
    assert f"`slides/{path.stem}.html`" in tp.sections(tp.read(path))["Slides"]
