"""The program with an environment of its own, started as often as a test likes."""

import subprocess
from collections.abc import Mapping
from types import MappingProxyType

from program import ioc_etl


class Shell:
    """Runs the program with a home, an input and a database of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    def __call__(
        self, *arguments: str, stdin: str = "", environment: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.CompletedProcess[str]:
        return ioc_etl(*arguments, environment={**self._environment, **environment}, stdin=stdin)
