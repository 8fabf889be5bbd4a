"""Batches of documents, as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, TypeVar, overload

from .kinds import Kind

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class Request(Generic[T]):
    """A column that a bound function needs: the key of its values in each batch."""

    index: int
    field: str
    kind: Kind


class Column(Generic[T]):
    """The values of the documents of one batch.

    Iterate over it for the list of values of each document, which is empty for a document without a value. Values of
    a document are in ascending order, except those of a geo point's `f.lat` and `f.lon`, of which the same positions
    are one point.
    """

    __slots__ = ("starts", "values")

    values: Sequence[T]
    """The values of all documents, one after the other."""

    starts: Sequence[int]
    """The values of document `i` are `values[starts[i]:starts[i + 1]]`. Empty if every document has exactly one."""

    def __init__(self, values: Sequence[T], starts: Sequence[int] = ()) -> None:
        self.values = values
        self.starts = starts

    @staticmethod
    def of(documents: Iterable[Iterable[D]]) -> Column[D]:
        """The column of these values of each document."""
        values: list[D] = []
        starts = [0]
        for document in documents:
            values.extend(document)
            starts.append(len(values))
        return Column(values, starts)

    def with_values(self, values: Sequence[D]) -> Column[D]:
        """The column with other values, of which each document has as many as in this one."""
        return Column(values, self.starts)

    def __len__(self) -> int:
        return len(self.starts) - 1 if self.starts else len(self.values)

    def __iter__(self) -> Iterator[Sequence[T]]:
        values = self.values
        if not self.starts:
            return ([value] for value in values)
        return (values[start:end] for start, end in pairwise(self.starts))

    @overload
    def largest(self) -> Sequence[T | None]: ...
    @overload
    def largest(self, missing: D) -> Sequence[T | D]: ...
    def largest(self, missing: Any = None) -> Sequence[Any]:
        """The largest value of each document, and `missing` for a document without a value."""
        return self._select(max, missing)

    @overload
    def smallest(self) -> Sequence[T | None]: ...
    @overload
    def smallest(self, missing: D) -> Sequence[T | D]: ...
    def smallest(self, missing: Any = None) -> Sequence[Any]:
        """The smallest value of each document, and `missing` for a document without a value."""
        return self._select(min, missing)

    def _select(self, select: Callable[[Any], Any], missing: Any) -> Sequence[Any]:
        values = self.values
        if not self.starts:
            return values
        # Most documents have one value; only others need a slice.
        return [
            values[start] if end - start == 1 else select(values[start:end]) if end > start else missing
            for start, end in pairwise(self.starts)
        ]


class TextColumn(Column[str]):
    """A column of texts. They are passed as the distinct texts of the batch, and the code of each value: its text's
    index."""

    __slots__ = ("codes", "distinct")

    def __init__(self, codes: Sequence[int], distinct: Sequence[str], starts: Sequence[int]) -> None:
        super().__init__([distinct[code] for code in codes], starts)
        self.codes = codes
        self.distinct = distinct

    def map_distinct(self, compute: Callable[[str], D]) -> Column[D]:
        """The results of `compute` for all values. It is called once for each distinct text."""
        results = [compute(text) for text in self.distinct]
        return Column([results[code] for code in self.codes], self.starts)


class Batch:
    """The documents of one batch. `batch[request]` is the column that the bound function requested."""

    __slots__ = ("_columns", "_len", "scores")

    scores: Sequence[float]
    """The score so far of each document; empty unless the function is a scorer that needs them."""

    def __init__(self, len: int, columns: Sequence[Column[Any]], scores: Sequence[float] = ()) -> None:
        self._len = len
        self._columns = columns
        self.scores = scores

    def __len__(self) -> int:
        return self._len

    @overload
    def __getitem__(self, request: Request[str]) -> TextColumn: ...
    @overload
    def __getitem__(self, request: Request[T]) -> Column[T]: ...
    def __getitem__(self, request: Request[Any]) -> Column[Any]:
        return self._columns[request.index]
