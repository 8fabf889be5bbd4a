"""Runs a function without a component.

`python3 -m quidditch.testing`, in the folder of a project, runs its `tests/*.json` in a moment. It is for the time
between two builds: `quidditch udf build` runs the same tests through the engine, whose mappings and checks are not
imitated here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from importlib import import_module
from math import isclose
from pathlib import Path
from typing import Any

from . import exports
from .columns import Batch, Column, TextColumn
from .function import Bound, Filter, Scorer, Values
from .kinds import Kind

ROLES = {"filter": Filter, "scorer": Scorer, "values": Values}


def batch(bound: Bound, documents: Sequence[dict[str, Any]], scores: Sequence[float] | None = None) -> Batch:
    """The batch that the function gets of these documents. The score so far of each is 1 unless given."""
    columns = [_column(request.field, request.kind, documents) for request in bound.columns]
    return Batch(len(documents), columns, [1.0] * len(documents) if scores is None else scores)


def main() -> int:
    sys.path.insert(0, "")
    import_module("function")
    failures = 0
    for path in sorted(Path("tests").glob("*.json")):
        problem = _problem(json.loads(path.read_text()))
        failures += problem is not None
        print(f"{path}: {problem or 'passed'}")
    return min(failures, 1)


def _problem(test: dict[str, Any]) -> str | None:
    role = next(role for role in exports.exported if issubclass(role, ROLES[test["role"]]))
    floats = {name for name, parameter in role.parameters.items() if parameter.kind == "float"}
    arguments = {name: float(value) if name in floats else value for name, value in test.get("parameters", {}).items()}
    try:
        found = _run(role(**arguments), test["documents"])
    except Exception as error:
        if "error" in test and test["error"] in str(error):
            return None
        if "error" not in test:
            raise
        return f"expected an error with {test['error']!r}, not {str(error)!r}"
    if "error" in test:
        return f"expected an error with {test['error']!r}"
    expected = test["expected"]
    if len(found) == len(expected) and all(map(_is_same, found, expected)):
        return None
    return f"expected {expected}, not {found}"


def _run(bound: Any, documents: list[dict[str, Any]]) -> list[Any]:
    documents_in_columns = batch(bound, documents)
    if isinstance(bound, Filter):
        return list(bound.keep(documents_in_columns))
    if isinstance(bound, Scorer):
        return list(bound.score(documents_in_columns))
    computed = bound.compute(documents_in_columns)
    if not isinstance(computed, Column):
        return list(computed)
    # As in the results of the engine: none, one value, or a list of several.
    return [None if not values else values[0] if len(values) == 1 else list(values) for values in computed]


def _is_same(found: Any, expected: Any) -> bool:
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(_is_same, found, expected))
    if isinstance(found, float) and isinstance(expected, (int, float)):
        return isclose(found, expected, rel_tol=1e-5)
    return bool(found == expected)


def _column(field: str, kind: Kind, documents: Sequence[dict[str, Any]]) -> Column[Any]:
    path = field.split(".")
    column = Column.of([_convert(value, kind) for value in _values(document, path)] for document in documents)
    if not field.endswith((".lat", ".lon")):
        column = Column.of(sorted(values) for values in column)
    starts = [] if list(column.starts) == list(range(len(documents) + 1)) else column.starts
    if kind is not Kind.TEXTS:
        return Column(column.values, starts)
    distinct = sorted(set(column.values))
    return TextColumn([distinct.index(text) for text in column.values], distinct, starts)


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from _values(element, path)
    elif path and isinstance(value, dict):
        yield from _values(value.get(path[0]), path[1:])
    elif value is not None and not path:
        yield value


def _convert(value: Any, kind: Kind) -> Any:
    if kind is Kind.FLOATS:
        return float(value)
    if kind is Kind.DATES and isinstance(value, str):
        time = datetime.fromisoformat(value)
        return round((time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp() * 1000)
    return value


if __name__ == "__main__":
    sys.exit(main())
