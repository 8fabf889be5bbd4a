"""The base classes of the roles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar, Generic, TypeVar, get_args, get_origin

from .columns import Batch, Column, Request
from .kinds import COLUMN_KINDS, Date, Kind
from .parameters import Parameters

T = TypeVar("T", bool, int, float, str, Date)


@dataclass(frozen=True)
class Range:
    """The filter keeps no document without a value from `min` to `max`, both included, in this column.

    It must be a column of numbers or dates. If `min` is greater than `max`, the values are those of at least `min` or at
    most `max`, such as longitudes across the date line.
    """

    column: Request[Any]
    min: float
    max: float


class Bound(Parameters, ABC):
    """What all roles have in common. `bind` requests the columns, with the methods named like their types."""

    def __init__(self, **arguments: Any) -> None:
        self.columns: list[Request[Any]] = []
        super().__init__(**arguments)

    def booleans(self, field: str) -> Request[bool]:
        return self._request(field, Kind.BOOLEANS)

    def integers(self, field: str) -> Request[int]:
        return self._request(field, Kind.INTEGERS)

    def floats(self, field: str) -> Request[float]:
        return self._request(field, Kind.FLOATS)

    def texts(self, field: str) -> Request[str]:
        return self._request(field, Kind.TEXTS)

    def dates(self, field: str) -> Request[Date]:
        return self._request(field, Kind.DATES)

    def _request(self, field: str, kind: Kind) -> Request[Any]:
        request: Request[Any] = Request(len(self.columns), field, kind)
        self.columns.append(request)
        return request


class Filter(Bound):
    """Decides which documents to keep."""

    def ranges(self) -> Sequence[Range]:
        """What the filter can only match in, which spares the host reading other documents; nothing is known by
        default.

        A range that is too narrow loses matches.
        """
        return ()

    @abstractmethod
    def keep(self, batch: Batch) -> Sequence[bool]:
        """Returns for each document whether to keep it."""


class Scorer(Bound):
    """Computes the scores of documents."""

    needs_score: ClassVar[bool] = False
    """Whether `batch.scores` has the scores so far. Computing them takes time."""

    def max_score(self, score: float) -> float:
        """No document whose score so far is at most `score`, which may be infinite, gets more than this.

        By default no bound is known. A bound that is too low loses hits.
        """
        return inf

    @abstractmethod
    def score(self, batch: Batch) -> Sequence[float]:
        """Returns the score of each document, finite and not negative."""


class Values(Bound, Generic[T]):
    """Computes values of documents, which a request uses like those of a field.

    The type of the values is the type argument: `Values[float]` computes floats.
    """

    kind: Kind
    """The type of the values, if it depends on the arguments: set it in `bind`."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for base in getattr(cls, "__orig_bases__", ()):
            if get_origin(base) is Values and get_args(base)[0] in COLUMN_KINDS:
                cls.kind = COLUMN_KINDS[get_args(base)[0]]

    @abstractmethod
    def compute(self, batch: Batch) -> Column[T] | Sequence[T | None]:
        """Returns one value for each document, or `None` if it has none; or a column, in which it may have several."""
