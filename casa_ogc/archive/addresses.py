"""Columns at addresses, for compiled code: how one line of `parts` tells where a part lies."""

from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

LAYOUT = 3
"""Number of what follows, repeated in each file of kernels that uses it.

Compiled code is kept until its own file changes. Whoever changes this file, or kernels that another
file uses, counts on and does so in those files too: code compiled for another layout would follow
wrong addresses.
"""

ROWS, FIRST_BLOCK, GROUP, EARLIEST, LATEST, ID_WIDTH = range(6)
TIME, LONGITUDE, LATITUDE, RANK, ORDER, ID, BY_ID = range(6, 13)
FIELDS = 13
"""What the numbers in a line of `parts` are: counts and times, and addresses of columns."""

ROW_BITS = 0xFFFFFFFF
"""Bits of a hit that hold the row; those above hold the line of the part."""

type Table = NDArray[np.int64]
type Hits = NDArray[np.int64]


def _pointer(_typing: Any, _address: Any) -> Any:
    """Turn an address into a pointer."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


at: Any = intrinsic(_pointer)


@kernel
def identifier(parts: Table, hit: int) -> NDArray[np.uint8]:
    """Return the bytes of an identifier, filled with zeros to the width of its part."""
    part, row = hit >> 32, hit & ROW_BITS
    width = parts[part, ID_WIDTH]
    return carray(at(parts[part, ID] + row * width), (width,), np.uint8)
