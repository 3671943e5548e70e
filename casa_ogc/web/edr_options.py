"""What a query wants done with its answer: resolution, statistic, model, reference system."""

from dataclasses import dataclass, field

from casa_ogc.archive.axes import Role
from casa_ogc.archive.cubes import Cube
from casa_ogc.query.correlation import Scales
from casa_ogc.query.model_columns import Model
from casa_ogc.query.parse import parse_crs
from casa_ogc.query.parse.numbers import number
from casa_ogc.query.reducing import DEFAULT_SCALES, HOWS, OVERS, WEIGHTS, Reduction
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import CRS84, EPSG4326
from casa_processes.common.errors import InvalidValueError

_MOST_CELLS = 10_000
_LONGEST, _LATEST = 40_000.0, 1e6


@dataclass(frozen=True)
class Treatment:
    """What becomes of an answer before it is encoded.

    Attributes
    ----------
    sizes
        Number of cells along axes that are resampled.
    reduction
        Statistic, or None.
    model
        Model whose columns are added, or None.
    version
        Snapshot of that model.
    limit
        Most soundings or places, or None.
    crs
        URI of the reference system in which coordinates are stated.
    """

    sizes: dict[Role, int] = field(default_factory=dict)
    reduction: Reduction | None = None
    model: Model | None = None
    version: str = ""
    limit: int | None = None
    crs: str = CRS84

    @property
    def untouched(self) -> bool:
        """Whether the answer is what is stored, all of it."""
        made = self.sizes or self.reduction is not None or self.model is not None
        return not made and self.limit is None


def treatment(exchange: Exchange) -> Treatment:
    """Read what a query wants done with its answer.

    Raises
    ------
    InvalidValueError
        For malformed values, and for those that go with one that was not given.
    UnknownNameError
        For a model that is no collection.
    """
    limit = exchange.text("limit")
    model, version = _model(exchange)
    return Treatment(
        sizes=_sizes(exchange),
        reduction=_reduction(exchange),
        model=model,
        version=version,
        limit=None if limit is None else exchange.whole("limit", 1, 1, 10**9),
        crs=CRS84 if parse_crs(exchange.text("crs")) == "CRS84" else EPSG4326,
    )


def size(exchange: Exchange, name: str, default: float, most: float, unit: str) -> float:
    """Read a parameter that is a number of 0 or more.

    Raises
    ------
    InvalidValueError
        For anything else, and above `most`.
    """
    text = exchange.text(name)
    if text is None:
        return default
    expected = f"a number of {unit} from 0 to {most:g}"
    found = number(name, text, expected)
    if not 0 <= found <= most:
        raise InvalidValueError(name, text, expected)
    return found


def choice[T: str](exchange: Exchange, name: str, among: tuple[T, ...], default: T) -> T:
    """Read a parameter that is one of some words.

    Raises
    ------
    InvalidValueError
        For another word.
    """
    text = exchange.text(name)
    if text is None:
        return default
    for word in among:
        if word == text.strip().lower():
            return word
    raise InvalidValueError(name, text, f"one of {', '.join(among)}")


def _sizes(exchange: Exchange) -> dict[Role, int]:
    roles: tuple[Role, ...] = ("x", "y", "z")
    found: dict[Role, int] = {}
    for role in roles:
        count = int(exchange.text(f"resolution-{role}") is not None)
        if count:
            count = exchange.whole(f"resolution-{role}", 0, 0, 10**11)
        if count > _MOST_CELLS:
            raise InvalidValueError(f"resolution-{role}", count, f"at most {_MOST_CELLS} cells")
        if count:
            found[role] = count
    return found


def _reduction(exchange: Exchange) -> Reduction | None:
    if exchange.text("reduce") is None:
        for name in ("reduce-over", "weights", "correlation-length", "correlation-time"):
            if exchange.text(name) is not None:
                raise InvalidValueError(name, exchange.text(name), "reduce beside it")
        return None
    length = size(
        exchange, "correlation-length", DEFAULT_SCALES.length / 1e3, _LONGEST, "kilometres"
    )
    time = size(exchange, "correlation-time", DEFAULT_SCALES.time / 3600, _LATEST, "hours")
    return Reduction(
        how=choice(exchange, "reduce", HOWS, "mean"),
        over=choice(exchange, "reduce-over", OVERS, "all"),
        weights=choice(exchange, "weights", WEIGHTS, "equal"),
        scales=Scales(length * 1e3, time * 3600),
    )


def _model(exchange: Exchange) -> tuple[Model | None, str]:
    name = exchange.text("model")
    if exchange.text("ak") is None:
        if name is not None:
            raise InvalidValueError("model", name, "ak=apply beside it")
        return None, ""
    choice(exchange, "ak", ("apply",), "apply")
    if name is None:
        raise InvalidValueError("model", None, "the collection of the model, beside ak=apply")
    if exchange.entry.head.kind != "soundings":
        raise InvalidValueError("ak", "apply", "a collection of soundings")
    entry = exchange.catalog.entry(name)
    store = exchange.catalog.open(entry)
    if not isinstance(store, Cube):
        raise InvalidValueError("model", name, "a grid; this collection holds soundings")
    if exchange.entry.head.attributes.get("co2_profile_apriori_basis") == "wet":
        mine = exchange.entry.product.id
        expected = f"priors of dry air, as those of models; those of {mine} are of wet air"
        raise InvalidValueError("ak", "apply", expected)
    return Model(store, name, exchange.text("method") == "nearest"), entry.head.snapshot
