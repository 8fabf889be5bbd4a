"""The export of a function."""

from __future__ import annotations

import sys
from dataclasses import replace

from .function import Bound
from .parameters import Parameter

exported: tuple[type[Bound], ...] = ()
"""The roles of the function, for `quidditch.testing`."""


def export(*roles: type[Bound], summary: str, memory_mib: int = 0) -> None:
    """Exports the function from the module that calls it. `roles` are its filter, scorer and values: one or several
    of them.

    `summary` describes it in one or two sentences. `memory_mib` asks for more memory than hosts grant by default (64
    MiB).

    Outside of a component it only checks the parameters, so that tests can import the module.
    """
    global exported
    exported = roles
    parameters: dict[str, Parameter] = {}
    for role in roles:
        for parameter in role.parameters.values():
            if parameters.setdefault(parameter.name, parameter) != parameter:
                raise TypeError(f"parameter [{parameter.name}] is declared twice, and differently")
    # What only some roles need is optional for the function; these roles check it.
    declared = [
        replace(parameter, required=parameter.required and all(parameter.name in role.parameters for role in roles))
        for parameter in parameters.values()
    ]
    if sys.platform == "wasi":
        from .component import metadata, resources

        # componentize-py looks for the metadata in the module that it is given, and for resources in modules named
        # like interfaces.
        sys._getframe(1).f_globals["Metadata"] = metadata(summary, declared, memory_mib)
        sys.modules.update(resources(roles))
