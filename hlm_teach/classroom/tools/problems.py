"""What keeps the book from being built."""


class CannotBuild(Exception):
    """Something that whoever builds the book can mend; its text says how."""

    exit_code = 2


class NotFetched(CannotBuild):
    """A part that isn't kept here yet can't be fetched, as without a network."""

    exit_code = 3
