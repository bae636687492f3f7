"""Products inside compiled code are NumPy's, whichever way round the matrices lie."""

import numpy as np
import pytest

from caviar.core.products import blas_address, product


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-12)])
@pytest.mark.parametrize("turn_left", [False, True])
@pytest.mark.parametrize("turn_right", [False, True])
@pytest.mark.parametrize("sizes", [(5, 7, 4), (1, 1, 1), (1, 9, 3), (33, 2, 17)])
def test_any_shape_and_either_matrix_turned(dtype, tolerance, turn_left, turn_right, sizes):
    rows, inner, columns = sizes
    random = np.random.default_rng(0)
    left, right = random.normal(size=(rows, inner)).astype(dtype), random.normal(size=(inner, columns)).astype(dtype)
    out = np.full((rows, columns), np.nan, dtype)
    product(
        blas_address(np.dtype(dtype)),
        np.ascontiguousarray(left.T) if turn_left else left,
        turn_left,
        np.ascontiguousarray(right.T) if turn_right else right,
        turn_right,
        out,
    )
    np.testing.assert_allclose(out, left @ right, rtol=tolerance, atol=tolerance)


def test_a_part_of_a_larger_matrix_is_a_matrix_too():
    random = np.random.default_rng(1)
    whole, right = random.normal(size=(6, 10)), random.normal(size=(4, 3))
    out = np.zeros((6, 3))
    product(blas_address(np.dtype(np.float64)), whole[:, 2:6], False, right, False, out)
    np.testing.assert_allclose(out, whole[:, 2:6] @ right)
