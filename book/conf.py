"""How Sphinx makes the book. `python course.py book` lays out the source folder and runs it."""

import re
from pathlib import Path

from sphinx import addnodes

GLOSSARY = "docs/glossary"
# A row of the glossary: its words, and where they are explained.
ROW = re.compile(r"\| \*\*(.+?)\*\* \|.*\| (.+) \|")
CHAPTER = re.compile(r"\.\./(chapters/\w+)\.ipynb")

project = "Multilevel linear models in Python"
author = "the hlm_teach contributors"
language = "en"
extensions = ["myst_nb", "hlm_teach.classroom.book.formulas"]
exclude_patterns = ["_*"]

# Nothing is run: the pages show what the notebooks have stored.
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 5

html_css_files = ["katex/katex.min.css", "book.css"]
html_js_files = ["reader.js"]
html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_use_index = False
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}


def leave_out_solutions(_, env):
    """Let the search find no solutions: who looks for a word of an exercise shouldn't meet them."""
    for page in env.found_docs:
        if page.startswith("solutions/"):
            env.metadata[page]["nosearch"] = "yes"


def put_words_first(app, doctree, page):
    """Let the search lead to where a word of the glossary is explained before it lists who uses it."""
    rows = ROW.findall(Path(app.srcdir, GLOSSARY).with_suffix(".md").read_text("utf-8"))
    words = [
        word
        for named, where in rows
        for word in named.split(", ")
        if page in (*CHAPTER.findall(where), GLOSSARY)
    ]
    if words:
        doctree += addnodes.index(entries=[("single", word, "", "main", None) for word in words])


def setup(app):
    """Settle what the search finds."""
    app.connect("env-updated", leave_out_solutions)
    app.connect("doctree-resolved", put_words_first)
