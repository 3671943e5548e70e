# ruff: noqa: ARG001 - what is generated is told more than it uses
"""Some tracers at a time, side by side in the widest registers there are: numbers for kernels.

A compiler finds such numbers in loops now and then; here they are told to it. They exist in
compiled code only, as many together as a tuple `width` has members, and each is rounded as IEEE
arithmetic rounds it, a product and a sum of `fma` once.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic, models, register_model

type Width = tuple[int, ...]
type Numbers = Any


class Lanes(types.Type):
    """Numbers of double precision side by side."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(f"Lanes({count})")


@register_model(Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, lanes: Lanes) -> None:
        super().__init__(manager, lanes, _registers(lanes))  # type: ignore[no-untyped-call]


def _registers(lanes: Lanes) -> ir.VectorType:
    return ir.VectorType(ir.DoubleType(), lanes.count)


def _place(context: Any, builder: Any, kind: Any, array: Any, at: Any, lanes: Lanes) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), _registers(lanes).as_pointer())


def _operation(make: Callable[..., tuple[Any, Callable[..., Any]]]) -> Callable[..., Any]:
    """Let compiled code use what is made: its types, and how it is generated."""
    made: Callable[..., Any] = intrinsic(make)
    return made


@_operation
def load(_typing: Any, array: Any, at: Any, width: Any) -> tuple[Any, Callable[..., Any]]:
    """Return the numbers of a contiguous array that begin at a place; places are not checked."""
    lanes = Lanes(len(width))

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        place = _place(context, builder, signature.args[0], values[0], values[1], lanes)
        return builder.load(place, align=8)

    return lanes(array, types.intp, width), generate


@_operation
def store(_typing: Any, lanes: Any, array: Any, at: Any) -> tuple[Any, Callable[..., Any]]:
    """Write numbers to a contiguous array from a place on; places are not checked."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        place = _place(context, builder, signature.args[1], values[1], values[2], lanes)
        builder.store(values[0], place, align=8)
        return context.get_dummy_value()

    return types.void(lanes, array, types.intp), generate


@_operation
def spread(_typing: Any, number: Any, width: Any) -> tuple[Any, Callable[..., Any]]:
    """Return one number in all lanes."""
    lanes = Lanes(len(width))

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _alike(builder, values[0], lanes)

    return lanes(types.float64, width), generate


@_operation
def fma(_typing: Any, number: Any, lanes: Any, added: Any) -> tuple[Any, Callable[..., Any]]:
    """Return the product of a number and lanes, plus other lanes, rounded once."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = _registers(lanes)
        function = ir.FunctionType(kind, [kind] * 3)
        name = f"llvm.fma.v{lanes.count}f64"
        call = get_or_insert_function(builder.module, function, name)  # type: ignore[no-untyped-call]
        return builder.call(call, [_alike(builder, values[0], lanes), values[1], values[2]])

    return lanes(types.float64, lanes, added), generate


@_operation
def times(_typing: Any, number: Any, lanes: Any) -> tuple[Any, Callable[..., Any]]:
    """Return the product of a number and lanes."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.fmul(_alike(builder, values[0], lanes), values[1])

    return lanes(types.float64, lanes), generate


def _alike(builder: Any, number: Any, lanes: Lanes) -> Any:
    kind, first = _registers(lanes), ir.Constant(ir.IntType(32), 0)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), number, first)
    places = ir.Constant(ir.VectorType(ir.IntType(32), lanes.count), [0] * lanes.count)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), places)


def _of_two(emit: Callable[[Any, Any, Any], Any]) -> Callable[..., Any]:
    """Return an operation on two lanes."""

    def operation(_typing: Any, lanes: Any, other: Any) -> tuple[Any, Callable[..., Any]]:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return emit(builder, *values)

        return lanes(lanes, other), generate

    return _operation(operation)


plus = _of_two(lambda builder, a, b: builder.fadd(a, b))
minus = _of_two(lambda builder, a, b: builder.fsub(a, b))
lesser = _of_two(lambda builder, a, b: builder.select(builder.fcmp_ordered("<", a, b), a, b))
greater = _of_two(lambda builder, a, b: builder.select(builder.fcmp_ordered(">", a, b), a, b))
