"""Walking along a valley of a deviance."""

import numpy as np
import pytest

from hlm_teach.lmm.valley import Valley

BOUNDS = [(0.0, np.inf), (1e-13, np.inf)]


def bowl(point):
    """A deviance with its minimum at (1, 1), and a rim at 0 that is steep beyond measure."""
    a, b = point
    value = (a - 1) ** 2 + a * (b - 1) ** 2 + 1e-9 / b
    return value, np.array([2 * (a - 1) + (b - 1) ** 2, 2 * a * (b - 1) - 1e-9 / b**2])


def valley():
    """Its valley."""
    return Valley(bowl, np.array([1.0, 1.0]), BOUNDS, np.ones(2))


@pytest.mark.parametrize("held", [0.3, 2.0, 5.0])
def test_a_look_at_the_rim_spoils_no_later_search(held):
    walked = valley()
    walked._seen(np.array([1.0, 0.9]))
    walked._seen(np.array([1.0, 1e-13]))  # there the gradient is 10¹⁷
    point, value = walked.minimise(np.array([held, 0.4]), np.array([False, True]))
    assert point == pytest.approx([held, 1.0], abs=1e-3)
    assert value == pytest.approx((held - 1) ** 2, abs=1e-6)


def test_a_hessian_that_rounding_has_spoilt_gives_way_to_the_first():
    walked = valley()
    walked._hessian = np.array([[2.0, 0.0], [0.0, -2.0]])
    point, value = walked.minimise(np.array([2.0, 3.0]), np.array([False, True]))
    assert point == pytest.approx([2.0, 1.0], abs=1e-3) and value == pytest.approx(1, abs=1e-6)


def test_a_gradient_whose_square_overflows_is_no_lesson_and_no_warning():
    def cliff(point):
        value, gradient = bowl(point)
        return value, gradient * (1e200 if point[0] > 3 else 1.0)

    walked = Valley(cliff, np.array([1.0, 1.0]), BOUNDS, np.ones(2))
    first = walked._hessian.copy()
    walked._seen(np.array([1.0, 1.0]))
    walked._seen(np.array([4.0, 1.0]))
    np.testing.assert_array_equal(walked._hessian, first)
