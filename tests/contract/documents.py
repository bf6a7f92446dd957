"""The documents as tests read them: their code, tables, headings and links."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_ASSIGNMENT = re.compile(r"[A-Z_]+=.*")
_SEPARATORS = {"&&", "||", "|", ";"}


@dataclass(frozen=True, slots=True)
class Command:
    """One command as a document shows it. `is_whole`: it stands in a shell block, to be copied as it is."""

    document: str
    words: tuple[str, ...]
    is_whole: bool

    @property
    def program(self) -> str:
        """`ioc-etl` of `.venv/bin/ioc-etl`."""
        return Path(self.words[0]).name


@dataclass(frozen=True)
class ProjectFile:
    """One file of the project."""

    path: Path

    @property
    def name(self) -> str:
        """As seen from the project's root."""
        return self.path.relative_to(PROJECT).as_posix()

    @cached_property
    def text(self) -> str:
        """The file's text."""
        return self.path.read_text("utf-8")


@dataclass(frozen=True)
class Document(ProjectFile):
    """One Markdown file."""

    @cached_property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _FENCE.sub("", self.text)

    def commands(self) -> Iterator[Command]:
        """Every command of the shell blocks and of the code within the text."""
        for language, block in _FENCE.findall(self.text):
            if language == "sh":
                for line in block.splitlines():
                    yield from self._commands(line, is_whole=True)
        for span in _SPAN.findall(self.prose):
            yield from self._commands(" ".join(span.split()), is_whole=False)

    def anchors(self) -> set[str]:
        """What `#…` may name in this document, as GitHub makes it from the headings."""
        return {_anchor(title) for _, title in _HEADING.findall(self.prose)}

    def links(self) -> list[str]:
        """Where its links lead."""
        return _LINK.findall(self.prose)

    def table(self, heading: str) -> list[list[str]]:
        """The rows of the first table below a heading, without its header."""
        section = self.prose.split(f" {heading}\n", 1)[1]
        lines = iter(section.splitlines())
        rows: list[list[str]] = []
        for line in lines:
            if line.startswith("|"):
                rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
            elif rows or line.startswith("#"):
                break
        return [[cell.strip(" |") for cell in row] for row in rows[2:]]

    def _commands(self, line: str, *, is_whole: bool) -> Iterator[Command]:
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            return
        command: list[str] = []
        for word in [*words, ";"]:
            if word not in _SEPARATORS:
                command.append(word)
                continue
            while command and _ASSIGNMENT.fullmatch(command[0]):
                command.pop(0)
            if command:
                yield Command(self.name, tuple(command), is_whole)
            command = []


def documents() -> list[Document]:
    """Every document of the project."""
    return [Document(path) for path in sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])]


def document(name: str) -> Document:
    """One of them."""
    return Document(PROJECT / name)


def _anchor(title: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", title.replace("`", "").lower())
    return kept.replace(" ", "-")
