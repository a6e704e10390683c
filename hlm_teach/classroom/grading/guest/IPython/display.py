"""A stand-in for IPython.display: what is displayed goes nowhere."""


def display(*things, **options):
    """Display nothing."""


def clear_output(*given, **named):
    """Nothing to clear."""


class DisplayObject:
    """Whatever it is made of, it holds it."""

    def __init__(self, data=None, *given, **named):
        self.data = data


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return DisplayObject
