"""The types of parameters and of columns, and the Python types that stand for them."""

from __future__ import annotations

from enum import Enum
from typing import Any, NewType

Field = NewType("Field", str)
"""A parameter that is the name of a field; the engine checks that the index has it."""

Date = NewType("Date", int)
"""Milliseconds since the Unix epoch."""


class Kind(Enum):
    """The type of the values of a column."""

    BOOLEANS = "booleans"
    INTEGERS = "integers"
    FLOATS = "floats"
    TEXTS = "texts"
    DATES = "dates"


COLUMN_KINDS: dict[Any, Kind] = {
    bool: Kind.BOOLEANS,
    int: Kind.INTEGERS,
    float: Kind.FLOATS,
    str: Kind.TEXTS,
    Date: Kind.DATES,
}

PARAMETER_KINDS: dict[Any, str] = {
    bool: "boolean",
    int: "integer",
    float: "float",
    str: "text",
    list[int]: "integers",
    list[float]: "floats",
    list[str]: "texts",
    dict[str, Any]: "json",
    Field: "field",
}
