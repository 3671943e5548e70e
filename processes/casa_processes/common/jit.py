"""Compilation of kernels: the one place that says how numba is used."""

from collections.abc import Callable
from typing import Any

import numba


def kernel[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a numerical function of one datum, at its first call.

    Compiled code runs without the interpreter lock, is cached on disk beside the source (or under
    ``NUMBA_CACHE_DIR``), keeps the order of IEEE arithmetic (no ``fastmath``) and gives inf or NaN
    instead of ZeroDivisionError, as numpy does. Parallelism belongs to Dask, never to a kernel.

    Notes
    -----
    The cache of a function is renewed when its own file changes, not when a kernel that it calls
    from another file does. Rows of a kernel are therefore repeated in the kernel's file, and
    ``NUMBA_CACHE_DIR`` names a folder per version.
    """
    compiled: Callable[P, R] = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    return compiled


def summing_kernel[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel whose sums may be taken in any order, so that they use whole registers.

    As `kernel`, but sums of floating-point numbers may be regrouped and products joined with them.
    The order is that of the compiled code: a datum has the same result wherever it stands. Missing
    and infinite numbers keep their meaning. A test proves the error of each such kernel harmless.
    """
    fast = {"reassoc", "contract"}
    compiled: Callable[P, R] = numba.njit(
        nogil=True, cache=True, error_model="numpy", fastmath=fast
    )(function)
    return compiled


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the Python function behind a kernel, for tests and for reading tracebacks."""
    found: Callable[..., Any] = getattr(function, "py_func", function)
    return found
