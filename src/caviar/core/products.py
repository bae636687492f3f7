"""Matrix products inside compiled code, for the many small ones of a population's step.

A call of BLAS costs as much as a small product itself, and packs what lies in the nearest cache already; these do
neither (core/tiles.py). On large matrices they are no better than BLAS, and not meant to be.
"""

import numpy as np

from caviar.core.compiled import Array, compiled
from caviar.core.tiles import TILE_BYTES, TILE_ROWS, VECTOR_BYTES, add_to_tile, turn_block

INNER_BLOCK = 256  # of the inner dimension at once: that many rows of the right matrix, a tile wide, stay in L1


@compiled
def product(left: Array, turn_left: bool, right: Array, out: Array) -> None:
    """Out = left · right, the left one turned (transposed) first if asked; all (row, column), each row a run of memory.

    A product is the same whatever the number of threads: each runs within one.
    """
    size, inner, (rows, columns) = out.itemsize, len(right), out.shape
    left_row, left_step = left.strides
    if turn_left:
        left_row, left_step = left_step, left_row
    left_at, right_at, out_at = np.intp(left.ctypes.data), np.intp(right.ctypes.data), np.intp(out.ctypes.data)
    if inner == 0:
        out[:] = 0
    num_tiles = (rows + TILE_ROWS - 1) // TILE_ROWS
    for first in range(0, inner, INNER_BLOCK):
        steps = min(INNER_BLOCK, inner - first)
        for start in range(0, columns * size, TILE_BYTES):
            row = 0
            for tile in range(num_tiles):
                count = (rows - row + num_tiles - tile - 1) // (num_tiles - tile)  # the rows, in even parts
                add_to_tile(
                    count, left_at + row * left_row + first * left_step, left_row, left_step,
                    right_at + first * right.strides[0] + start, right.strides[0],
                    out_at + row * out.strides[0] + start, out.strides[0],
                    steps, columns - start // size, first > 0, out.dtype.type(0),
                )  # fmt: skip
                row += count


@compiled
def product_with_turned(left: Array, right: Array, memory: Array, out: Array) -> None:
    """Out = left · rightᵀ, with flat `memory` for rightᵀ."""
    turned = memory[: right.size].reshape(right.shape[1], right.shape[0])
    turn(right, turned)
    product(left, False, turned, out)


@compiled
def turn(matrix: Array, out: Array) -> None:
    """Out = matrixᵀ."""
    size, lanes = matrix.itemsize, VECTOR_BYTES // matrix.itemsize
    source, target = np.intp(matrix.ctypes.data), np.intp(out.ctypes.data)
    for row in range(0, matrix.shape[0], lanes):
        for column in range(0, matrix.shape[1], lanes):
            turn_block(
                source + row * matrix.strides[0] + column * size, matrix.strides[0],
                target + column * out.strides[0] + row * size, out.strides[0],
                matrix.shape[0] - row, matrix.shape[1] - column, matrix.dtype.type(0),
            )  # fmt: skip
