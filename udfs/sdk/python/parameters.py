"""The parameters of a function, which its classes declare as annotated attributes."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, ClassVar, Union, dataclass_transform, get_args, get_origin, get_type_hints

from .kinds import PARAMETER_KINDS

_NO_DEFAULT: Any = object()


class InvalidArgument(Exception):
    """Raised by `bind` to report an error in the request. Name the parameter: `parameter [min] must not be
    negative`."""


def parameter(summary: str, *, default: Any = _NO_DEFAULT) -> Any:
    """Declares a parameter: `min: float = parameter("The smallest value to keep.")`.

    Its type is `bool`, `int`, `float`, `str`, a list of one of the last three, `dict[str, Any]` for a JSON object, or
    `Field`. It is required unless it has a default, or may be `None`: `max: float | None = parameter("The largest
    value to keep.")`.
    """
    return _Declaration(summary, default)


@dataclass(frozen=True)
class _Declaration:
    summary: str
    default: Any


@dataclass(frozen=True)
class Parameter:
    """A parameter of the function, as the host sees it. A `default` of `None` is none."""

    name: str
    kind: str
    required: bool
    default: Any
    summary: str


@dataclass_transform(kw_only_default=True, field_specifiers=(parameter,))
class Parameters:
    """The base of all roles: an instance is bound to the arguments of one clause.

    Roles that share parameters inherit them from a common base class.
    """

    parameters: ClassVar[dict[str, Parameter]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        inherited = (base.parameters for base in reversed(cls.__mro__[1:]) if issubclass(base, Parameters))
        cls.parameters = {name: parameter for parameters in inherited for name, parameter in parameters.items()}
        own = {name: value for name, value in vars(cls).items() if isinstance(value, _Declaration)}
        hints = get_type_hints(cls) if own else {}
        for name, declaration in own.items():
            if name not in hints:
                raise TypeError(f"parameter {cls.__name__}.{name} has no type")
            cls.parameters[name] = _parameter(f"{cls.__name__}.{name}", name, hints[name], declaration)

    def __init__(self, **arguments: Any) -> None:
        for name, declared in self.parameters.items():
            if declared.required and name not in arguments:
                raise InvalidArgument(f"parameter [{name}] is required")
            setattr(self, name, arguments.pop(name, declared.default))
        if arguments:
            raise TypeError(f"unknown parameter [{next(iter(arguments))}]")
        self.bind()

    def bind(self) -> None:
        """Checks the arguments, requests columns, and prepares what does not depend on documents.

        The arguments are attributes already. One instance of the component is bound any number of times, and all its
        bound functions may be used at the same time: keep all state in `self`, none in globals.
        """


def _parameter(path: str, name: str, hint: Any, declaration: _Declaration) -> Parameter:
    optional = get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)
    if optional:
        others = [other for other in get_args(hint) if other is not NoneType]
        hint = others[0] if len(others) == 1 else hint
    if hint not in PARAMETER_KINDS:
        raise TypeError(f"parameter {path} cannot be of the type {getattr(hint, '__name__', hint)}")
    default = None if declaration.default is _NO_DEFAULT else declaration.default
    return Parameter(name, PARAMETER_KINDS[hint], default is None and not optional, default, declaration.summary)
