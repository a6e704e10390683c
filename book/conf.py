"""How Sphinx makes the book. `python course.py book` lays out the source folder and runs it."""

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
html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_use_index = False
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}


def setup(app):
    """Let the search find no solutions: who looks for a word of an exercise shouldn't meet them."""

    def leave_out(_, env):
        for page in env.found_docs:
            if page.startswith("solutions/"):
                env.metadata[page]["nosearch"] = "yes"

    app.connect("env-updated", leave_out)
