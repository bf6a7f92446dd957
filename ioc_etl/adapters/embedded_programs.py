"""Root's copy of PostgreSQL's programs, which the user that runs the server can reach.

The wheel may be below /root or installed under a strict umask, and initdb asks the kernel whether it may run postgres.
A copy is named by the version and by what is in it, made beside its place and renamed, so that it is whole or not
there; it is looked at again before each use. The system folder is locked meanwhile.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ioc_etl.adapters.embedded_binaries import packaged_folder
from ioc_etl.adapters.embedded_place import SYSTEM, make_folder, programs_in_use, refuse_if_unsafe
from ioc_etl.errors import DatabaseError

_FOLDER = "programs"
_UNFINISHED = "new-"
# For those who build against PostgreSQL; the server reads none of it.
_LEFT_OUT = frozenset({"include", "pkgconfig", "pgxs", "__pycache__"})
_LEFT_OUT_SUFFIX = ".a"


def copied_programs(system: Path = SYSTEM) -> Path:
    """The folder with initdb, pg_ctl and postgres in root's copy of the packaged programs, made when it is missing.

    Raises: DatabaseError when the wheel is not there, or somebody else's file, a link or one that others may write to
        is in the copy.
    """
    install = packaged_folder().parent
    parts = _parts(install)
    name = f"{install.name}-{_digest(parts)}"
    make_folder(system)
    make_folder(system / _FOLDER)
    copy = system / _FOLDER / name
    if not _is_whole(copy, name, install):
        _make(copy, parts)
    return copy / install.parent.name / install.name / "bin"


def name_of_copy(bin_dir: Path) -> str | None:
    """The name of the copy that a folder of programs belongs to; null for programs of the machine's own."""
    programs = SYSTEM / _FOLDER
    return bin_dir.relative_to(programs).parts[0] if bin_dir.is_relative_to(programs) else None


def remove_unused(system: Path = SYSTEM) -> None:
    """Take away the copies that no home was last started with and no process runs from."""
    programs = system / _FOLDER
    if not programs.exists():
        return
    refuse_if_unsafe(programs)
    needed = programs_in_use(system) | _running(programs)
    for copy in programs.iterdir():
        if copy.name not in needed:
            shutil.rmtree(copy)
    with suppress(OSError):
        programs.rmdir()


def _parts(install: Path) -> list[Path]:
    """What has to stand side by side: the programs look for their libraries in `<wheel>.libs` beside the wheel."""
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")
    return [install, libraries] if libraries.is_dir() else [install]


def _digest(parts: list[Path]) -> str:
    found = hashlib.sha256()
    for part in parts:
        for path in _files(part):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            found.update(f"{part.name}/{path.relative_to(part)}\0{_mode(path):o}\0{content}\n".encode())
    return found.hexdigest()[:16]


def _files(part: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(part):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        yield from (Path(folder, name) for name in sorted(names) if not name.endswith(_LEFT_OUT_SUFFIX))


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def _is_whole(copy: Path, name: str, install: Path) -> bool:
    """False for one that is missing or damaged, by a power cut for instance: it is made again."""
    try:
        refuse_if_unsafe(copy)
    except FileNotFoundError:
        return False
    for folder, folders, names in os.walk(copy):
        for entry in (*folders, *names):
            refuse_if_unsafe(Path(folder, entry))
    parts = _parts(copy / install.parent.name / install.name)
    return name == f"{install.name}-{_digest(parts)}"


def _make(copy: Path, parts: list[Path]) -> None:
    programs = copy.parent
    for left_behind in (*programs.glob(f"{_UNFINISHED}*"), copy):
        if left_behind.exists():
            shutil.rmtree(left_behind)
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=programs))
    try:
        package = parts[0].parent.name
        for part, target in zip(
            parts, (unfinished / package / parts[0].name, unfinished / f"{package}.libs"), strict=False
        ):
            for path in _files(part):
                _copy(path, target / path.relative_to(part))
        _open_folders(unfinished)
        unfinished.rename(copy)
    except OSError as problem:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise DatabaseError(
            f"PostgreSQL's programs cannot be copied to {programs} ({problem.strerror or problem}): make room there, "
            "run as an ordinary user, or set IOC_ETL_DATABASE_URL to a PostgreSQL server"
        ) from None


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    os.chown(target, 0, 0)
    target.chmod(_mode(source))


def _open_folders(unfinished: Path) -> None:
    for folder, _, _ in os.walk(unfinished):
        os.chown(folder, 0, 0)
        Path(folder).chmod(0o755)


def _running(programs: Path) -> set[str]:
    """Copies that a living process was started from, for a home whose database is kept in the home itself."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            program = (process / "exe").readlink()
            if program.is_relative_to(programs):
                found.add(program.relative_to(programs).parts[0])
    return found
