"""What the book and the engine of its live pages are both made with.

::

    npm         packages of npm, each by version and hash, and Node.js
    chromium    finds the Chromium, Chrome or Edge of this machine
    loopback    serves a folder on this machine, and on no other
    problems    what is raised where something is missing
"""
