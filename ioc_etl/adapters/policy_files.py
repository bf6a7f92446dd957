"""Policy files: the packaged ones, a folder laid over them, another registry of centres."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from ioc_etl.errors import PolicyError
from ioc_etl.policy.model import Policy
from ioc_etl.policy.parse import SourceText, parse_policy

_SUFFIXES = (".yaml", ".yml")


def load_policy(parameters_dir: Path | None = None, centres_file: Path | None = None) -> Policy:
    """The packaged policy, with the parameter files of `parameters_dir` in place of the packaged ones of the same name.

    The folder need not be complete: a file it does not have is the packaged one. Files that are no YAML are nobody's
    business; a YAML file that names no parameter is refused. `centres_file` replaces the packaged registry of centres
    as a whole.

    Raises:
        PolicyError: a file cannot be read or is not as it must be; names file and line.
    """
    packaged = files("ioc_etl.policy")
    parameters = _packaged_parameters(packaged / "parameters")
    if parameters_dir is not None:
        parameters |= _given_parameters(parameters_dir)
    return parse_policy(
        parameters=parameters,
        findings=_packaged_text(packaged / "findings.yaml"),
        centres=_packaged_text(packaged / "centres.yaml") if centres_file is None else _given_text(centres_file),
    )


def _packaged_parameters(folder: Traversable) -> dict[str, SourceText]:
    return {
        Path(entry.name).stem: SourceText(f"parameters/{entry.name}", entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(_SUFFIXES)
    }


def _packaged_text(file: Traversable) -> SourceText:
    return SourceText(file.name, file.read_text("utf-8"))


def _given_parameters(folder: Path) -> dict[str, SourceText]:
    if not folder.is_dir():
        raise PolicyError(f"{folder}: there is no such folder of parameters; correct IOC_ETL_POLICY")
    found: dict[str, SourceText] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in _SUFFIXES or path.name.startswith("."):
            continue
        if path.stem in found:
            raise PolicyError(f"{path}, line 1: the parameter {path.stem!r} has two files here; keep one of them")
        found[path.stem] = _given_text(path)
    return found


def _given_text(path: Path) -> SourceText:
    try:
        return SourceText(str(path), path.read_text("utf-8-sig"))
    except OSError as error:
        raise PolicyError(f"{path}: the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise PolicyError(f"{path}, line {line}: the file is not UTF-8; save it as UTF-8") from error
