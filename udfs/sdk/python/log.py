"""Messages for the author of the function."""

from __future__ import annotations

import sys
from enum import Enum


class Level(Enum):
    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


if sys.platform == "wasi":
    from wit_world.imports import log as _host  # type: ignore

    def log(message: str, level: Level = Level.INFO) -> None:
        """Logs a message. `quidditch udf run` shows it; a server drops it, unless it logs the messages of functions."""
        _host.log(_host.Level[level.name], message)

    class _Lines:
        """A stream that logs each line, for `print`: a component has no standard output."""

        def __init__(self, level: Level) -> None:
            self.level = level
            self.rest = ""

        def write(self, text: str) -> int:
            *lines, self.rest = (self.rest + text).split("\n")
            for line in lines:
                log(line, self.level)
            return len(text)

        def flush(self) -> None:
            pass

    def redirect_streams() -> None:
        """Lets `print` log. While the component is made there is no host yet, but standard output."""
        if not isinstance(sys.stdout, _Lines):
            sys.stdout, sys.stderr = _Lines(Level.INFO), _Lines(Level.WARN)  # type: ignore
else:

    def log(message: str, level: Level = Level.INFO) -> None:
        """Logs a message. `quidditch udf run` shows it; a server drops it, unless it logs the messages of functions."""
        print(f"{level.value}: {message}", file=sys.stderr)

    def redirect_streams() -> None:
        """Tests print to standard output."""
