"""Two kernels that a matrix product of any size is made of, written for LLVM in vectors of the processor's own width.

`add_to_tile` keeps a small tile of the product in registers while it runs along the inner dimension; `turn_block`
transposes a square block in registers. Numba's loops cannot say "stay in registers", hence the LLVM instructions
(the scheme is that of BLIS: Van Zee and van de Geijn, ACM TOMS 41(3), 2015). Nothing is packed first, which pays here:
the matrices of a small network's step lie in the nearest caches already.

All matrices are (row, column), each row a run of memory; addresses and strides are in bytes.
"""

from collections.abc import Sequence
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

WHOLE, SMALL = ir.IntType(64), ir.IntType(32)
VECTORS = 2  # side by side in a tile
kernel: Any = intrinsic


def _widths() -> tuple[int, int]:
    """Bytes of a vector, and rows of a tile, so that tile, a row of the right matrix and a number fit the registers."""
    features = llvmlite.binding.get_host_cpu_features()
    if features.get("avx512f"):
        return 64, 14
    if features.get("avx2"):
        return 32, 6
    return 16, 12 if features.get("neon") else 6


VECTOR_BYTES, TILE_ROWS = _widths()
TILE_BYTES = VECTORS * VECTOR_BYTES  # of a tile's row


class _Vectors:
    """Writes instructions on vectors of one kind of number."""

    def __init__(self, context: Any, builder: Any, number: Any):
        self.builder, self.number = builder, context.get_value_type(number)
        self.size = 4 if number == types.float32 else 8
        self.lanes = VECTOR_BYTES // self.size
        self.vector = ir.VectorType(self.number, self.lanes)
        self.mask = ir.VectorType(ir.IntType(1), self.lanes)
        self.zero = ir.Constant(self.vector, [ir.Constant(self.number, 0.0)] * self.lanes)

    def all_lanes(self, value: Any) -> Any:
        """A vector of one value."""
        kind = ir.VectorType(value.type, self.lanes)
        first = self.builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(SMALL, 0))
        return self._shuffle(first, first, [0] * self.lanes)

    def first_lanes(self, count: Any) -> Any:
        """A mask of the first `count` lanes: none where it is 0 or less."""
        places = ir.Constant(ir.VectorType(WHOLE, self.lanes), list(range(self.lanes)))
        return self.builder.icmp_signed("<", places, self.all_lanes(count))

    def at(self, address: Any, kind: Any) -> Any:
        return self.builder.inttoptr(address, kind.as_pointer())

    def number_at(self, address: Any) -> Any:
        return self.builder.load(self.at(address, self.number), align=self.size)

    def load(self, address: Any, mask: Any = None) -> Any:
        """A vector; zero where it is masked, and nothing is read there."""
        if mask is None:
            return self.builder.load(self.at(address, self.vector), align=self.size)
        given = [self.at(address, self.vector), ir.Constant(SMALL, self.size), mask, self.zero]
        return self.builder.call(self._named("masked.load", True, self.vector, given), given)

    def store(self, vector: Any, address: Any, mask: Any = None) -> None:
        """Write the lanes that are not masked."""
        if mask is None:
            self.builder.store(vector, self.at(address, self.vector), align=self.size)
            return
        given = [vector, self.at(address, self.vector), ir.Constant(SMALL, self.size), mask]
        self.builder.call(self._named("masked.store", True, ir.VoidType(), given), given)

    def multiply_add(self, left: Any, right: Any, onto: Any) -> Any:
        given = [left, right, onto]
        return self.builder.call(self._named("fmuladd", False, self.vector, given), given)

    def swap_halves(self, first: Any, second: Any, step: int) -> tuple[Any, Any]:
        """Two rows, `step` apart in a block: what lies `step` right in the first changes places with the second's."""
        lanes, right = range(self.lanes), self.lanes
        upper = [lane if not lane & step else right + lane - step for lane in lanes]
        lower = [lane + step if not lane & step else right + lane for lane in lanes]
        return self._shuffle(first, second, upper), self._shuffle(first, second, lower)

    def _shuffle(self, first: Any, second: Any, lanes: Sequence[int]) -> Any:
        return self.builder.shuffle_vector(first, second, ir.Constant(ir.VectorType(SMALL, self.lanes), list(lanes)))

    def _named(self, name: str, of_memory: bool, result: Any, given: Sequence[Any]) -> Any:
        """One of LLVM's own functions, for this kind of vector."""
        kind = f"v{self.lanes}f{8 * self.size}"
        full = f"llvm.{name}.{kind}.p0{kind}" if of_memory else f"llvm.{name}.{kind}"
        known = self.builder.module.globals.get(full)
        return known or ir.Function(self.builder.module, ir.FunctionType(result, [value.type for value in given]), full)


@kernel
def add_to_tile(  # type: ignore[no-untyped-def]
    typing_context, rows, left, left_row, left_step, right, right_step, out, out_row, inner, columns, adding, number
):
    """out[i, j] (+)= Σ_k left[i, k] · right[k, j] for a tile of 1 to TILE_ROWS rows and 1 to 2 vectors of columns.

    Args:
        left, right, out: addresses. left_row, left_step: bytes from a row, and from a k, to the next in the left
            matrix, so that it may lie turned. right_step, out_row: bytes from row to row.
        inner: how many k, at least 1. columns: of the tile, at least 1. adding: whether to add to what is there.
        number: of the matrices' type; its value does not matter.
    """
    signature = types.void(*[types.intp] * 10, types.boolean, number)
    return signature, lambda context, builder, signature, arguments: _tile(
        context, _Vectors(context, builder, signature.args[-1]), arguments
    )


def _tile(context: Any, v: _Vectors, arguments: Sequence[Any]) -> Any:
    """A kernel for each number of rows, whole tiles apart from those that end before two vectors are full."""
    builder, (rows, *_, columns, _, _) = v.builder, arguments
    builder.function.attributes.add("noinline")  # one copy of all the kernels, not one in each place that multiplies
    done = builder.append_basic_block("done")
    width = ir.Constant(WHOLE, VECTORS * v.lanes)
    is_whole = builder.zext(builder.icmp_signed(">=", columns, width), WHOLE)
    chosen = builder.add(rows, builder.mul(is_whole, ir.Constant(WHOLE, TILE_ROWS)))
    switch = builder.switch(chosen, done)
    for whole in (False, True):
        for count in range(1, TILE_ROWS + 1):
            begin = builder.append_basic_block(f"rows_{count}")
            switch.add_case(ir.Constant(WHOLE, count + whole * TILE_ROWS), begin)
            builder.position_at_end(begin)
            _kernel(context, v, count, whole, arguments)
            builder.branch(done)
    builder.position_at_end(done)
    return context.get_dummy_value()


def _kernel(context: Any, v: _Vectors, count: int, whole: bool, arguments: Sequence[Any]) -> None:
    """One loop along the inner dimension; the tile's `count` · 2 vectors stay in registers."""
    _, left, left_row, left_step, right, right_step, out, out_row, inner, columns, adding, _ = arguments
    builder = v.builder
    ends = [v.first_lanes(builder.sub(columns, ir.Constant(WHOLE, place * v.lanes))) for place in range(VECTORS)]
    masks = [None if whole else end for end in ends]
    kept = v.all_lanes(adding)

    def place(base: Any, row: int, stride: Any, vector: int = 0) -> Any:
        start = builder.add(base, builder.mul(stride, ir.Constant(WHOLE, row)))
        return builder.add(start, ir.Constant(WHOLE, vector * VECTOR_BYTES))

    outs = [[place(out, row, out_row, vector) for vector in range(VECTORS)] for row in range(count)]
    before = [[v.load(at, builder.and_(kept, end)) for at, end in zip(row, ends, strict=True)] for row in outs]
    begin, loop, end = builder.block, builder.append_basic_block("loop"), builder.append_basic_block("end")
    builder.branch(loop)
    builder.position_at_end(loop)
    step, left_now, right_now = (_running(builder, begin, start) for start in (ir.Constant(WHOLE, 0), left, right))
    sums = [[_running(builder, begin, value) for value in row] for row in before]
    rights = [v.load(place(right_now, 0, right_step, vector), masks[vector]) for vector in range(VECTORS)]
    after = []
    for row in range(count):
        factor = v.all_lanes(v.number_at(place(left_now, row, left_row)))
        after.append([v.multiply_add(factor, one, total) for one, total in zip(rights, sums[row], strict=True)])
    following = builder.add(step, ir.Constant(WHOLE, 1))
    step.add_incoming(following, loop)
    left_now.add_incoming(builder.add(left_now, left_step), loop)
    right_now.add_incoming(builder.add(right_now, right_step), loop)
    for row_sums, row_after in zip(sums, after, strict=True):
        for total, new in zip(row_sums, row_after, strict=True):
            total.add_incoming(new, loop)
    builder.cbranch(builder.icmp_signed("<", following, inner), loop, end)
    builder.position_at_end(end)
    for addresses, sums_of_row in zip(outs, after, strict=True):
        for vector in range(VECTORS):
            v.store(sums_of_row[vector], addresses[vector], masks[vector])


def _running(builder: Any, begin: Any, value: Any) -> Any:
    """A value that a loop carries along, as it is when the loop begins."""
    phi = builder.phi(value.type)
    phi.add_incoming(value, begin)
    return phi


@kernel
def turn_block(  # type: ignore[no-untyped-def]
    typing_context, source, source_row, target, target_row, rows, columns, number
):
    """target[j, i] = source[i, j] for a block of at most a vector's lanes of rows and of columns.

    source, target: addresses. source_row, target_row: bytes from row to row. rows, columns: of the source's block.
    """
    signature = types.void(*[types.intp] * 6, number)
    return signature, lambda context, builder, signature, arguments: _turn(
        context, _Vectors(context, builder, signature.args[-1]), arguments
    )


def _turn(context: Any, v: _Vectors, arguments: Sequence[Any]) -> Any:
    """Swap the off-diagonal quarters of ever smaller squares (Eklundh, 1972): log₂(lanes) passes over the rows."""
    builder, (source, source_row, target, target_row, rows, columns, _) = v.builder, arguments

    def each(base: Any, stride: Any, count: Any, length: Any) -> list[tuple[Any, Any]]:
        """The rows' addresses and masks: no lane of those beyond `count`, `length` lanes of the others."""
        ends, no_lane = v.first_lanes(length), ir.Constant(v.mask, None)
        found = []
        for row in range(v.lanes):
            there = builder.icmp_signed("<", ir.Constant(WHOLE, row), count)
            address = builder.add(base, builder.mul(stride, ir.Constant(WHOLE, row)))
            found.append((address, builder.select(there, ends, no_lane)))
        return found

    block = [v.load(address, mask) for address, mask in each(source, source_row, rows, columns)]
    step = v.lanes // 2
    while step:
        for row in range(v.lanes):
            if not row & step:
                block[row], block[row + step] = v.swap_halves(block[row], block[row + step], step)
        step //= 2
    for vector, (address, mask) in zip(block, each(target, target_row, columns, rows), strict=True):
        v.store(vector, address, mask)
    return context.get_dummy_value()
