"""Fixtures that several test modules share; imported once, or there would be two browsers."""

from browser import chrome, jupyter  # noqa: F401
from firefox import firefox  # noqa: F401
from live_pages import live  # noqa: F401
