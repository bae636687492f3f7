"""Loops that Numba compiles to machine code when they are first used, and keeps on disk for the next process."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]

# Sums may be reordered, products and sums contracted; NaN and infinity keep their meaning. Threads run side by side.
compiled: Any = njit(nogil=True, cache=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")

NO_NUMBERS = {np.dtype(kind): np.empty((0, 0), kind) for kind in (np.float32, np.float64)}
"""Stands for an array that is not there, so that a compiled function sees one type whether it is or not."""
