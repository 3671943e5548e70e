"""Sums over the numbers of an array in whole registers, written as the compiler would not.

Loops over a number of channels that is only known at run time end in steps of single numbers, and
their sums are folded one by one: for spectra of some hundred channels that takes longer than the
rest. Here the last step overlaps the one before, and all sums are folded together.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

WIDTH = 8
"""Numbers of single precision in a register, and the least that can be summed."""

_SUMS = 3
_FLOAT, _LONG, _WHOLE = ir.FloatType(), ir.IntType(64), ir.IntType(32)
_FLOATS, _WHOLES = ir.VectorType(_FLOAT, WIDTH), ir.VectorType(_WHOLE, WIDTH)
_BYTES = 4 * WIDTH


def laid_out(weights: NDArray[Any]) -> NDArray[np.float32]:
    """Put weights where `three_sums` looks for them: the last register ends with the last number.

    Parameters
    ----------
    weights
        shape (..., number), at least `WIDTH` of them

    Returns
    -------
    ndarray
        shape (..., m), m a multiple of `WIDTH`; 0 where numbers were counted before.
    """
    count = weights.shape[-1]
    begun = (count - 1) // WIDTH * WIDTH
    found = np.zeros((*weights.shape[:-1], begun + WIDTH), np.float32)
    found[..., :begun] = weights[..., :begun]
    found[..., begun + WIDTH - (count - begun) :] = weights[..., begun:]
    return found


def _described(
    _context: Any, _numbers: Any, _weights: Any, _apart: Any, _size: Any, _found: Any
) -> Any:
    """Tell the types of a call, and who writes its instructions."""
    return types.uint32(*[types.intp] * 5), _three_sums


three_sums: Any = intrinsic(_described)
"""Sum numbers times three rows of weights; returns the largest of the numbers, read as bits.

``three_sums(numbers, weights, apart, size, found)`` is called by kernels with whole numbers.

Parameters
----------
numbers, weights, found
    Addresses of float32: the numbers, the first row of weights as `laid_out` gives them, and three
    sums that are filled, with a fourth place behind them.
apart
    Distance of the rows of weights.  [byte]
size
    Of the numbers, `WIDTH` of them at least.  [byte]
"""


def _three_sums(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    """Write the instructions: a loop over whole registers, one that overlaps, and the folding."""
    numbers, weights, apart, size, found = arguments
    rows = [builder.add(weights, builder.mul(apart, _LONG(row))) for row in range(_SUMS)]
    last = builder.sub(size, _LONG(_BYTES))
    before = builder.block
    inner, after = (builder.append_basic_block(name) for name in ("registers", "rest"))
    zero, nothing = (ir.Constant(kind, [0] * WIDTH) for kind in (_FLOATS, _WHOLES))
    builder.cbranch(builder.icmp_signed(">", last, _LONG(0)), inner, after)
    builder.position_at_end(inner)
    place, largest = builder.phi(_LONG), builder.phi(_WHOLES)
    sums = [builder.phi(_FLOATS) for _ in range(_SUMS)]
    more, larger = _step(builder, (numbers, rows, place, place), sums, largest)
    following = builder.add(place, _LONG(_BYTES))
    builder.cbranch(builder.icmp_signed("<", following, last), inner, after)
    starts = (_LONG(0), nothing, *[zero] * _SUMS)
    looped = (following, larger, *more)
    for phi, start, each in zip((place, largest, *sums), starts, looped, strict=True):
        phi.add_incoming(start, before)
        phi.add_incoming(each, inner)
    builder.position_at_end(after)
    joined = []
    for start, each in zip(starts, looped, strict=True):
        phi = builder.phi(each.type)
        phi.add_incoming(start, before)
        phi.add_incoming(each, inner)
        joined.append(phi)
    end, largest, *sums = joined
    sums, largest = _step(builder, (numbers, rows, last, end), sums, largest)
    pointer = builder.inttoptr(found, ir.PointerType(ir.VectorType(_FLOAT, _SUMS + 1)))
    builder.store(_folded(builder, [*sums, zero]), pointer, align=4)
    return _called(builder, f"llvm.vector.reduce.umax.v{WIDTH}i32", _WHOLE, [largest])


def _step(builder: Any, where: Any, sums: Any, largest: Any) -> tuple[list[Any], Any]:
    """Add one register of numbers times its weights to the sums."""
    numbers, rows, place, weighed = where
    values = _loaded(builder, numbers, place)
    name = f"llvm.fmuladd.v{WIDTH}f32"
    found = [
        _called(builder, name, _FLOATS, [values, _loaded(builder, row, weighed), total])
        for row, total in zip(rows, sums, strict=True)
    ]
    bits = builder.bitcast(values, _WHOLES)
    return found, builder.select(builder.icmp_unsigned(">", bits, largest), bits, largest)


def _folded(builder: Any, vectors: list[Any]) -> Any:
    """Return the sums over the numbers of each of four registers, in one of four numbers."""
    width = WIDTH
    while width > 1:
        groups = vectors[0].type.count // width
        if len(vectors) == 1:
            vectors = [vectors[0], vectors[0]]
            pairs = [(vectors[0], vectors[0])]
        else:
            pairs = list(zip(vectors[::2], vectors[1::2], strict=True))
        alone = pairs[0][0] is pairs[0][1]
        halves = []
        for start in (0, width // 2):
            lanes = [g * width + start + k for g in range(groups) for k in range(width // 2)]
            halves.append(lanes if alone else [*lanes, *(groups * width + k for k in lanes)])
        vectors = [
            builder.fadd(_picked(builder, *pair, halves[0]), _picked(builder, *pair, halves[1]))
            for pair in pairs
        ]
        width //= 2
    return vectors[0]


def _picked(builder: Any, one: Any, two: Any, lanes: list[int]) -> Any:
    mask = ir.Constant(ir.VectorType(_WHOLE, len(lanes)), lanes)
    return builder.shuffle_vector(one, two, mask)


def _loaded(builder: Any, base: Any, place: Any) -> Any:
    address = builder.inttoptr(builder.add(base, place), ir.PointerType(_FLOATS))
    return builder.load(address, align=4)


def _called(builder: Any, name: str, kind: Any, arguments: list[Any]) -> Any:
    """Call an instruction that has no operator, declared once in a module."""
    known = builder.module.globals
    if name not in known:
        declared = ir.FunctionType(kind, [each.type for each in arguments])
        ir.Function(builder.module, declared, name)
    return builder.call(known[name], arguments)
