"""The project's files as the tests of its conventions read them."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import polars as pl
from documents import PROJECT, ProjectFile

import schemas

_FOLDERS = ("flows", "ioc_etl", "schemas", "sql", "tests", "docs", ".ci")
_OF_THE_ROOT = ("*.md", "*.toml", "*.yaml", "*.lock", "Makefile", ".gitignore")


@dataclass(frozen=True)
class Module(ProjectFile):
    """One Python file, parsed."""

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Everything in it."""
        return list(ast.walk(ast.parse(self.text)))

    def calls(self) -> Iterator[tuple[str, int]]:
        """What is called, as it is written, and where: (`date.today`, 12)."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node.lineno

    def names(self) -> Iterator[tuple[str, int]]:
        """Every dotted name that is used, called or not."""
        for node in self.nodes:
            if isinstance(node, ast.Attribute):
                yield ast.unparse(node), node.lineno

    def whole_numbers(self) -> Iterator[tuple[int, int]]:
        """Every whole number written in code, and where; `-5` is 5."""
        for node in self.nodes:
            if isinstance(node, ast.Constant) and type(node.value) is int:
                yield node.value, node.lineno

    def texts(self) -> Iterator[tuple[str, int]]:
        """Every text in code, and where; docstrings explain the program and are none of its texts."""
        explained = {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
                yield node.value, node.lineno

    def at(self, line: int) -> str:
        """How a failing test names the place."""
        return f"{self.name}:{line}"


@cache
def modules(*rooms: str) -> list[Module]:
    """Every Python file of some rooms (`ioc_etl/core`) or files (`ioc_etl/core/money.py`)."""
    paths = [PROJECT / room for room in rooms]
    files = (path for place in paths for path in ([place] if place.is_file() else place.rglob("*.py")))
    return [Module(path) for path in sorted(files)]


@cache
def files_of_the_project() -> list[Path]:
    """Every text file that belongs to the project, whatever lies beside."""
    below = (path for folder in _FOLDERS for path in (PROJECT / folder).rglob("*"))
    of_root = (path for pattern in _OF_THE_ROOT for path in PROJECT.glob(pattern))
    return sorted(path for path in (*below, *of_root) if path.is_file() and _is_text(path))


def _is_text(path: Path) -> bool:
    return "__pycache__" not in path.parts and b"\0" not in path.read_bytes()[:4096]


def frames() -> dict[str, dict[str, pl.DataType]]:
    """Every frame that schemas describe: `decision.DECISION` -> its columns."""
    found = {}
    for info in pkgutil.iter_modules(schemas.__path__):
        for name, value in vars(importlib.import_module(f"schemas.{info.name}")).items():
            is_frame = isinstance(value, dict) and value and all(isinstance(t, pl.DataType) for t in value.values())
            if name.isupper() and is_frame:
                found[f"{info.name}.{name}"] = value
    return found
