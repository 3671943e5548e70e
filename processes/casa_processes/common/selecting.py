"""What is wrong with a selection of soundings by place and time, told without numerical library."""

from collections.abc import Sequence

from casa_processes.common.intervals import interval


def problems_of_selection(
    box: Sequence[float] | None, instant: str | None
) -> list[tuple[str, str]]:
    """Return pairs of the input at fault and a reason; none when all can be used.

    Parameters
    ----------
    box
        West, south, east, north of the input ``bbox``; across 180 if west > east.  [degree]
    instant
        Of the input ``datetime``: an instant, date or interval.
    """
    found = []
    if instant is not None:
        try:
            interval(instant)
        except ValueError as error:
            found.append(("/datetime", str(error)))
    if box is not None and not _is_box(box):
        reason = "expected south <= north, latitudes in -90..90, longitudes in -180..180"
        found.append(("/bbox", reason))
    return found


def _is_box(box: Sequence[float]) -> bool:
    west, south, east, north = box
    return -90.0 <= south <= north <= 90.0 and all(-180.0 <= x <= 180.0 for x in (west, east))
