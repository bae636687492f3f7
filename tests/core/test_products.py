"""Products inside compiled code are NumPy's, whichever way round the matrices lie and wherever a tile ends."""

import numpy as np
import pytest

from caviar.core.products import INNER_BLOCK, product, product_with_turned, turn
from caviar.core.tiles import TILE_BYTES, TILE_ROWS

KINDS = [(np.float32, 1e-4), (np.float64, 1e-12)]


@pytest.mark.parametrize(("dtype", "tolerance"), KINDS)
@pytest.mark.parametrize("inner", [1, 9, INNER_BLOCK, INNER_BLOCK + 1, 3 * INNER_BLOCK - 5])
@pytest.mark.parametrize("rows", [1, 5, TILE_ROWS, TILE_ROWS + 1, 3 * TILE_ROWS - 2])
def test_any_number_of_rows_and_columns_either_matrix_turned(dtype, tolerance, inner, rows):
    random = np.random.default_rng(0)
    wide = TILE_BYTES // np.dtype(dtype).itemsize
    for columns in (1, wide // 2, wide // 2 + 1, wide, 2 * wide + 3):
        left = random.normal(size=(rows, inner)).astype(dtype)
        right = random.normal(size=(inner, columns)).astype(dtype)
        plain, turned, with_turned = (np.full((rows, columns), np.nan, dtype) for _ in range(3))
        product(left, False, right, plain)
        product(np.ascontiguousarray(left.T), True, right, turned)
        product_with_turned(left, np.ascontiguousarray(right.T), np.full(right.size, np.nan, dtype), with_turned)
        for out in (plain, turned, with_turned):
            np.testing.assert_allclose(out, left @ right, rtol=tolerance, atol=tolerance)


def test_a_part_of_a_larger_matrix_is_a_matrix_too_and_what_lies_beside_it_stays():
    random = np.random.default_rng(1)
    whole, right, out = random.normal(size=(6, 10)), random.normal(size=(4, 3)), np.zeros((8, 9))
    product(whole[:, 2:6], False, right, out[1:7, 2:5])
    np.testing.assert_allclose(out[1:7, 2:5], whole[:, 2:6] @ right)
    out[1:7, 2:5] = 0
    assert not out.any()


def test_a_product_over_nothing_is_zero():
    out = np.full((3, 4), np.nan)
    product(np.empty((3, 0)), False, np.empty((0, 4)), out)
    assert not out.any()


def test_nan_spoils_its_own_row_and_column_alone():
    left, right, out = np.ones((40, 20)), np.ones((20, 50)), np.empty((40, 50))
    left[17, 3] = np.nan
    product(left, False, right, out)
    assert np.isnan(out[17]).all()
    assert np.isfinite(np.delete(out, 17, axis=0)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (16, 16), (33, 17), (8, 100)])
def test_turning(dtype, shape):
    matrix = np.arange(np.prod(shape), dtype=dtype).reshape(shape)
    out = np.full((shape[1], shape[0] + 2), np.nan, dtype)
    turn(matrix, out[:, :-2])
    np.testing.assert_array_equal(out[:, :-2], matrix.T)
    assert np.isnan(out[:, -2:]).all()
