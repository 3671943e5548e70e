"""What forbids a step of transport."""

from casa_processes.common.errors import CasaError


class CourantError(CasaError):
    """A step that is too long for its mass fluxes.

    Attributes
    ----------
    direction
        ``"zonal"``, ``"meridional"`` or ``"vertical"``.
    place
        Layer, row and column of the cell with the highest Courant number.
    number
        What leaves the cell in a step over what it holds.
    limit
        Most parts that a step is cut into.
    """

    def __init__(
        self, direction: str, place: tuple[int, int, int], number: float, limit: int
    ) -> None:
        self.direction, self.place, self.number, self.limit = direction, place, number, limit
        super().__init__(direction, place, number, limit)

    def __str__(self) -> str:
        layer, row, column = self.place
        return (
            f"the step is too long: cut into {self.limit} parts it would still take the air of a "
            f"cell; the highest Courant number is {self.number:.3g}, {self.direction}, in layer "
            f"{layer}, row {row}, column {column}"
        )
