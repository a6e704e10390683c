"""What is shown somewhere tells its faces when it changes, and can be let go of."""

from typing import Protocol


class Face(Protocol):
    """Whatever shows a lab: `show` is called after each change, `close` at the end."""

    def show(self) -> None:
        """Bring what is shown in step."""

    def close(self) -> None:
        """Take it away."""


class Shown:
    """Something that faces follow: append one to `faces`, and it is told of each change."""

    def __init__(self) -> None:
        self.faces: list[Face] = []

    def release(self) -> None:
        """Close all faces; what was shown stays usable and can be shown again."""
        for face in self.faces:
            face.close()
        self.faces.clear()

    def _tell(self) -> None:
        for face in self.faces:
            face.show()


def live_view(thing: Shown) -> dict:
    """The view that moves, for a notebook's MIME bundle; empty where there are no widgets."""
    try:
        from . import widgets  # late: only a notebook has them
    except ImportError:
        return {}
    return widgets.view(thing)
