"""What is displayed carries words for every reader, and nothing is left open."""

import base64
import io
import re

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from hlm_teach import show, show_number
from hlm_teach.display import show as present
from hlm_teach.display.show import displaying_to
from hlm_teach.display.style import ROLE, axes_or_new, course_style, figure


@pytest.fixture
def shown(monkeypatch):
    """The bundles that were displayed."""
    bundles = []
    monkeypatch.setattr(present, "display", bundles.append)
    return bundles


def test_show_gives_alt_text_wherever_pictures_are_read(shown):
    _, ax = figure()
    show(ax, 'A line, "steep" & long.')
    data, _ = shown[0]._repr_mimebundle_()
    assert data["text/plain"] == 'Figure: A line, "steep" & long.'
    assert 'alt="A line, &quot;steep&quot; &amp; long."' in data["text/html"]


def picture_in(bundle) -> Image.Image:
    """The picture that a page shows."""
    code = re.search(r'src="data:image/png;base64,([^"]+)"', bundle.data["text/html"])[1]
    return Image.open(io.BytesIO(base64.b64decode(code)))


def test_a_picture_is_stored_once_and_with_a_palette(shown):
    show(figure()[0], "Empty.")
    assert set(shown[0].data) == {"text/plain", "text/html"}
    assert picture_in(shown[0]).mode == "P"


def as_drawn(fig) -> np.ndarray:
    buffer = io.BytesIO()
    with course_style():
        fig.savefig(buffer, format="png")
    return np.asarray(Image.open(buffer).convert("RGB")).astype(int)


def test_few_colours_are_kept_to_the_last_bit(shown):
    fig, ax = figure()
    ax.bar([1, 2], [3, 4], color=ROLE["naive"].colour)
    drawn = as_drawn(fig)
    assert 100 < len(np.unique(drawn.reshape(-1, 3), axis=0)) <= 256
    show(ax, "Two bars.")
    assert np.array_equal(np.asarray(picture_in(shown[0]).convert("RGB")), drawn)


def test_what_is_only_looked_at_keeps_every_colour():
    """Fewer colours take longer than the drawing in the book's pages, which store nothing."""
    fig, ax = figure()
    for role in ROLE.values():
        ax.plot(np.arange(40) ** 0.5, alpha=0.6, **role.line())
    drawn, seen = as_drawn(fig), []
    with displaying_to(seen.append):
        show(ax, "Curves.")
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 256
    assert np.array_equal(np.asarray(picture_in(seen[0]).convert("RGB")), drawn)


def test_many_colours_look_the_same(shown):
    """Roles keep their colours; edges between them may move to a near tint."""
    fig, ax = figure()
    rng = np.random.default_rng(1)
    for place, role in enumerate(ROLE.values()):
        ax.plot(rng.normal(size=10), rng.normal(size=10), alpha=0.6, **role.line())
        ax.bar([place], 2, color=role.colour, zorder=3)
    drawn = as_drawn(fig)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 1000
    show(ax, "Lines.")
    kept = np.asarray(picture_in(shown[0]).convert("RGB")).astype(int)
    apart = np.abs(kept - drawn).max(axis=2)
    assert apart.mean() < 0.5 and np.mean(apart > 16) < 0.005
    for role in ROLE.values():
        pure = (drawn == np.round(255 * np.array(to_rgb(role.colour)))).all(axis=2)
        assert pure.sum() > 1000 and apart[pure].max() <= 1


def test_small_marks_among_many_tints_keep_their_roles_colour(shown):
    fig, ax = figure()
    rng = np.random.default_rng(1)
    ax.plot(rng.normal(size=(9, 60)), alpha=0.6, color=ROLE["group"].colour)
    for place, role in enumerate(ROLE.values()):
        ax.plot([place], [5], **role.points() | {"marker": "s", "markersize": 6})
    drawn = as_drawn(fig)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 256
    show(ax, "Lines and marks.")
    kept = np.asarray(picture_in(shown[0]).convert("RGB"))
    for role in ROLE.values():
        pure = (drawn == np.round(255 * np.array(to_rgb(role.colour)))).all(axis=2)
        assert pure.any() and (kept[pure] == drawn[pure]).all()


def test_show_closes_a_pyplot_figure(shown):
    from matplotlib import pyplot

    fig, _ = pyplot.subplots()
    show(fig, "Empty.")
    assert not pyplot.fignum_exists(fig.number)


def test_the_same_figure_gives_the_same_bytes(shown):
    for _ in range(2):
        _, ax = figure()
        ax.plot([1, 2], [3, 4], **ROLE["naive"].line())
        show(ax, "A line.")
    assert shown[0].data == shown[1].data


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_show_wants_words(alt):
    with pytest.raises(ValueError, match="alt="):
        show(figure()[0], alt)


@pytest.mark.parametrize("thing", [None, "figure", 3])
def test_show_wants_a_figure(thing):
    with pytest.raises(TypeError, match="figure="):
        show(thing, "Something.")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.8536, 2, "x: 0.85"),
        (-0.001, 2, "x: 0.00"),
        (7185, 0, "x: 7,185"),
        (float("nan"), 2, "x: nan"),
    ],
)
def test_show_number_rounds(shown, value, digits, text):
    show_number("x", value, digits)
    assert shown[0].data["text/plain"] == text


@pytest.mark.parametrize("value", ["0.2", None, [1.0], True])
def test_show_number_wants_one_number(value):
    with pytest.raises(TypeError, match="value="):
        show_number("x", value)


def test_style_leaves_the_session_alone():
    before = dict(matplotlib.rcParams)
    with course_style():
        assert matplotlib.rcParams["axes.spines.top"] is False
    figure(2, stacked=True)
    assert dict(matplotlib.rcParams) == before


def test_figure_gives_axes_without_pyplot():
    fig, axes = figure(2, width=6, height=3)
    assert isinstance(fig, Figure) and len(axes) == 2
    assert tuple(fig.get_size_inches()) == (6, 3)
    assert axes_or_new(axes[0]) is axes[0] and axes_or_new(None).figure is not fig
    with pytest.raises(ValueError, match="n_panels=0"):
        figure(0)


def test_roles_differ_in_more_than_colour():
    """Roles that share a picture differ in line style, marker or hatch as well."""
    lines = ("multilevel", "naive", "no_pooling", "truth")
    assert len({ROLE[name].linestyle for name in lines}) == len(lines)
    assert len({ROLE[name].marker for name in lines}) == len(lines)
    assert ROLE["between"].hatch != ROLE["within"].hatch
    assert len({role.colour for role in ROLE.values()}) == len(ROLE)
    with pytest.raises(TypeError):
        ROLE["naive"] = None
