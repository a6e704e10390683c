"""A stand-in where there are no widgets: they can be made, and nothing is shown."""


class Widget:
    """A widget that only keeps what it is given."""

    def __init__(self, *given, **named):
        self.__dict__.update(named)

    def __call__(self, *given, **named):
        return given[0] if given and callable(given[0]) else self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Widget()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Widget
