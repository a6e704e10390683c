"""How Sphinx makes the book. `python course.py book` lays out the source folder and runs it."""

import sphinxcontrib.katex

from hlm_teach.classroom.book import parts

project = "Multilevel linear models in Python"
author = "the hlm_teach contributors"
language = "en"
extensions = ["myst_nb", "sphinxcontrib.katex"]
exclude_patterns = ["_*"]

# Nothing is run: the pages show what the notebooks have stored.
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 5

# Formulas are set when the book is built, in the Node.js that comes as a wheel.
sphinxcontrib.katex.NODEJS_BINARY = parts.node()
sphinxcontrib.katex.STARTUP_TIMEOUT = 600  # seconds, instead of 5: a machine may be busy
katex_prerender = True
katex_css_path = "katex/katex.min.css"

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["book.css"]
html_use_index = False
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}
