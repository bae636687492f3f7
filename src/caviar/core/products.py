"""Matrix products inside compiled code: the machine's BLAS, called without a way back through Python.

A small product costs less than the call that asks for it; a member's step has nine of them.
"""

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from llvmlite import ir
from numba import types
from numba.extending import get_cython_function_address, intrinsic
from threadpoolctl import ThreadpoolController

from caviar.core.compiled import Array, compiled

AVX512_ARCHITECTURES = ("SkylakeX", "Cooperlake", "SapphireRapids")


@cache
def blas_address(dtype: np.dtype[Any]) -> int:
    """Where the process holds the matrix product of BLAS, `sgemm` or `dgemm`.

    SciPy's BLAS where it uses AVX-512; else PyTorch's own, where it can be seen, which is quicker on small matrices;
    else SciPy's again. No timing decides, so that a machine repeats its bits.
    """
    name = {"float32": "sgemm", "float64": "dgemm"}[dtype.name]
    of_scipy = int(get_cython_function_address("scipy.linalg.cython_blas", name))
    library = Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"
    if uses_avx512() or not library.exists():
        return of_scipy
    function = getattr(ctypes.CDLL(str(library)), f"{name}_", None)
    return of_scipy if function is None else ctypes.cast(function, ctypes.c_void_p).value or of_scipy


@cache
def uses_avx512() -> bool:
    """Whether SciPy's BLAS has chosen kernels for a processor with AVX-512."""
    libraries = [one for one in ThreadpoolController().info() if "scipy.libs" in one["filepath"]]
    return any(one.get("architecture") in AVX512_ARCHITECTURES for one in libraries)


@intrinsic
def _gemm(  # type: ignore[no-untyped-def]
    typing_context, address, first, second, m, n, k, alpha, a, stride_a, b, stride_b, beta, c, stride_c
):
    """BLAS's `gemm` by Fortran's convention: every argument is a pointer, matrices are column after column."""
    number = alpha
    whole, letter, pointer = types.int32, types.uint8, types.uintp
    signature = types.void(
        types.intp, letter, letter, whole, whole, whole, number, pointer, whole, pointer, whole, number, pointer, whole
    )

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        anything = ir.IntType(8).as_pointer()
        passed = []
        for place, (kind, value) in enumerate(zip(signature.args[1:], arguments[1:], strict=True)):
            if place in (6, 8, 11):  # the matrices
                passed.append(builder.inttoptr(value, anything))
            else:
                cell = builder.alloca(context.get_value_type(kind))
                builder.store(value, cell)
                passed.append(builder.bitcast(cell, anything))
        kind = ir.FunctionType(ir.VoidType(), [anything] * len(passed))
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), passed)
        return context.get_dummy_value()

    return signature, generate


@compiled
def product(address: int, left: Array, turn_left: bool, right: Array, turn_right: bool, out: Array) -> None:
    """Out = left · right, either turned (transposed) first; all (row, column), each row a run of memory.

    BLAS sees rows as columns, so it is asked for outᵀ = rightᵀ · leftᵀ.
    """
    inner = left.shape[0] if turn_left else left.shape[1]
    number = out.dtype.type
    _gemm(  # type: ignore[call-arg]
        address,
        np.uint8(84 if turn_right else 78),  # "T" or "N"
        np.uint8(84 if turn_left else 78),
        np.int32(out.shape[1]),
        np.int32(out.shape[0]),
        np.int32(inner),
        number(1),
        right.ctypes.data,
        np.int32(right.strides[0] // right.itemsize),
        left.ctypes.data,
        np.int32(left.strides[0] // left.itemsize),
        number(0),
        out.ctypes.data,
        np.int32(out.strides[0] // out.itemsize),
    )
