"""What is between the classes of a function and the bindings that componentize-py generates. Imported only in a
component."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from types import ModuleType
from typing import Any, NamedTuple

from componentize_py_types import Err  # type: ignore
from wit_world.exports import metadata as contract  # type: ignore
from wit_world.imports import types  # type: ignore

from .columns import Batch, Column, TextColumn
from .function import Bound, Filter, Scorer, Values
from .kinds import Kind
from .log import Level, log, redirect_streams
from .parameters import InvalidArgument, Parameter


def metadata(summary: str, parameters: Sequence[Parameter], memory_mib: int) -> type:
    """The class that exports the metadata."""

    class Metadata:
        def summary(self) -> str:
            return summary

        def parameters(self) -> list[Any]:
            return [_parameter(parameter) for parameter in parameters]

        def memory_mib(self) -> int:
            return memory_mib

    return Metadata


def resources(roles: Iterable[type[Bound]]) -> Iterator[tuple[str, ModuleType]]:
    """The modules that export the resources of the roles, with their names."""
    for role in roles:
        for base, resource in (Filter, BoundFilter), (Scorer, BoundScorer), (Values, BoundValues):
            if issubclass(role, base):
                module = ModuleType(base.__name__.lower())
                setattr(module, resource.__name__, type(resource.__name__, (resource,), {"role": role}))
                yield module.__name__, module


def _fails(method: Callable[..., Any]) -> Callable[..., Any]:
    """Exceptions become errors of the contract. Unlike a trap, an error leaves the instance usable."""

    def call(*arguments: Any) -> Any:
        try:
            return method(*arguments)
        except InvalidArgument as error:
            raise Err(types.Error_InvalidArgument(str(error))) from None
        except Exception as error:
            raise Err(types.Error_Failed(_reason(error))) from None

    return call


def _traps(method: Callable[..., Any]) -> Callable[..., Any]:
    """For methods that cannot return an error: the exception traps, and the host reports the last message of this
    level."""

    def call(*arguments: Any) -> Any:
        try:
            return method(*arguments)
        except Exception as error:
            log(_reason(error), Level.ERROR)
            raise

    return call


def _reason(error: Exception) -> str:
    """The exception and the author's line that caused it: `KeyError: 'red', function.py line 12`."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__package__") != __package__:
            file = trace.tb_frame.f_code.co_filename
            place = f", {file.rpartition('/')[2]} line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}{place}"


class BoundResource:
    role: type[Bound]
    bound: Any

    @classmethod
    def bind(cls, arguments: list[Any]) -> BoundResource:
        redirect_streams()
        resource = cls()
        resource.bound = _bind(cls.role, arguments)
        return resource

    @_traps
    def columns(self) -> list[Any]:
        return [types.ColumnRequest(column.field, types.Kind[column.kind.name]) for column in self.bound.columns]


class BoundFilter(BoundResource):
    @_traps
    def ranges(self) -> list[Any]:
        return [_Range(range.column.index, float(range.min), float(range.max)) for range in self.bound.ranges()]

    @_fails
    def keep(self, batch: Any) -> bytes:
        return bytes(self.bound.keep(_batch(self.bound, batch)))


class BoundScorer(BoundResource):
    @_traps
    def needs_score(self) -> bool:
        return bool(self.bound.needs_score)

    @_traps
    def max_score(self, score: float) -> float:
        return float(self.bound.max_score(score))

    @_fails
    def score(self, batch: Any) -> list[float]:
        return list(self.bound.score(_batch(self.bound, batch)))


class BoundValues(BoundResource):
    @_traps
    def kind(self) -> Any:
        return types.Kind[self.bound.kind.name]

    @_fails
    def compute(self, batch: Any) -> Any:
        computed = self.bound.compute(_batch(self.bound, batch))
        if not isinstance(computed, Column):
            computed = Column.of(() if value is None else (value,) for value in computed)
        return types.Column(_values(self.bound.kind, computed.values), list(computed.starts))


class _Range(NamedTuple):
    """A range of the contract, whose own type is in the bindings only if the function has a filter."""

    column: int
    min: float
    max: float


@_fails
def _bind(role: type[Bound], arguments: list[Any]) -> Bound:
    """Binds the role, without the parameters of the function that only other roles have."""
    given = {argument.name: _argument(argument.value) for argument in arguments}
    return role(**{name: value for name, value in given.items() if name in role.parameters})


def _argument(value: Any) -> Any:
    return json.loads(value.value) if isinstance(value, types.Value_Json) else value.value


def _batch(bound: Bound, batch: Any) -> Batch:
    columns = [_column(request.kind, column) for request, column in zip(bound.columns, batch.columns)]
    return Batch(batch.len, columns, batch.scores)


def _column(kind: Kind, column: Any) -> Column[Any]:
    values = column.values.value
    if kind is Kind.BOOLEANS:
        return Column(list(map(bool, values)), column.starts)
    if kind is Kind.TEXTS:
        texts = [values.bytes[start:end].decode() for start, end in pairwise([0, *values.ends])]
        return TextColumn(values.codes, texts, column.starts)
    return Column(values, column.starts)


def _values(kind: Kind, values: Sequence[Any]) -> Any:
    if kind is Kind.BOOLEANS:
        return types.Values_Booleans(bytes(values))
    if kind is Kind.FLOATS:
        return types.Values_Floats(list(values))
    if kind is Kind.TEXTS:
        return types.Values_Texts(_dictionary(values))
    return types.Values_Integers(list(values))


def _dictionary(values: Sequence[str]) -> Any:
    codes: dict[str, int] = {}
    codes_of_values = [codes.setdefault(value, len(codes)) for value in values]
    texts = [text.encode() for text in codes]
    ends = list(accumulate(map(len, texts)))
    return types.Dictionary(codes_of_values, ends, b"".join(texts))


def _parameter(parameter: Parameter) -> Any:
    kind = contract.ParameterKind[parameter.kind.upper()]
    default = None if parameter.default is None else _DEFAULTS[parameter.kind](parameter.default)
    return contract.Parameter(parameter.name, kind, parameter.required, default, parameter.summary)


_DEFAULTS: dict[str, Callable[[Any], Any]] = {
    "boolean": types.Value_Boolean,
    "integer": types.Value_Integer,
    "float": lambda value: types.Value_Float(float(value)),
    "text": types.Value_Text,
    "integers": types.Value_Integers,
    "floats": lambda values: types.Value_Floats(list(map(float, values))),
    "texts": types.Value_Texts,
    "json": lambda value: types.Value_Json(json.dumps(value)),
    "field": types.Value_Text,
}
