"""Write filters, scorers and values for Quidditch in Python.

A function reads columns of an index's documents and decides which documents to keep (`Filter`), computes their scores
(`Scorer`), or computes values that a request uses like those of a field (`Values`). Its class declares the parameters
that a request may set:

    from math import inf, nan

    from quidditch import Batch, Field, Filter, Range, export, parameter

    class AtLeast(Filter):
        field: Field = parameter("The number field to read.")
        min: float = parameter("The smallest value to keep.")

        def bind(self) -> None:
            self.numbers = self.floats(self.field)

        def ranges(self) -> list[Range]:
            return [Range(self.numbers, self.min, inf)]

        def keep(self, batch: Batch) -> list[bool]:
            return [largest >= self.min for largest in batch[self.numbers].largest(nan)]

    export(AtLeast, summary="Keeps documents with a value of at least `min`.")

The component is a snapshot of the interpreter after it has imported the module that calls `export`. It has no files,
so everything must be imported at the top of a module; it has no clock and no randomness either.
"""

from .columns import Batch, Column, Request, TextColumn
from .exports import export
from .function import Filter, Range, Scorer, Values
from .kinds import Date, Field, Kind
from .log import Level, log
from .parameters import InvalidArgument, parameter

__all__ = [
    "Batch",
    "Column",
    "Date",
    "Field",
    "Filter",
    "InvalidArgument",
    "Kind",
    "Level",
    "Range",
    "Request",
    "Scorer",
    "TextColumn",
    "Values",
    "export",
    "log",
    "parameter",
]
