"""Keeps documents with a value of at least `min`."""

from math import inf, nan

from quidditch import Batch, Field, Filter, InvalidArgument, Range, export, parameter


class AtLeast(Filter):
    field: Field = parameter("The number field to read; if it has several values, one of at least min is enough.")
    min: float = parameter("The smallest value to keep; not negative.")

    def bind(self) -> None:
        if self.min < 0:
            raise InvalidArgument("parameter [min] must not be negative")
        self.numbers = self.floats(self.field)

    def ranges(self) -> list[Range]:
        # The host skips documents without a value in this range.
        return [Range(self.numbers, self.min, inf)]

    def keep(self, batch: Batch) -> list[bool]:
        minimum = self.min
        # A document without a value is dropped: NaN is not at least anything.
        return [largest >= minimum for largest in batch[self.numbers].largest(nan)]


export(AtLeast, summary="Keeps documents with a value of at least `min`.")
