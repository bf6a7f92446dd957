"""Policy files: the packaged ones, a folder laid over them, another registry of centres."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from ioc_etl.errors import PolicyError
from ioc_etl.policy.model import Policy
from ioc_etl.policy.parse import SourceText, parse_policy

_SUFFIXES = (".yaml", ".yml")
_PARAMETERS, _FINDINGS, _CENTRES = "parameters/", "findings", "centres"
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """The texts that a policy is read from; `parameters` by parameter name."""

    parameters: Mapping[str, SourceText]
    findings: SourceText
    centres: SourceText

    def policy(self) -> Policy:
        """The policy they make.

        Raises:
            PolicyError: a text is not as it must be; names file and line.
        """
        return parse_policy(parameters=self.parameters, findings=self.findings, centres=self.centres)

    def with_later(self, later: "PolicyTexts") -> "PolicyTexts":
        """These texts with the parameters that only the later ones have."""
        return replace(self, parameters={**later.parameters, **self.parameters})

    def documents(self) -> dict[str, str]:
        """The texts by name, fit to be kept: an address of a centre's source stands without user and password."""
        texts = {f"{_PARAMETERS}{name}": source.text for name, source in self.parameters.items()}
        centres = _CREDENTIALS.sub("", self.centres.text)
        return {**texts, _FINDINGS: self.findings.text, _CENTRES: centres}

    @classmethod
    def of_documents(cls, documents: Mapping[str, str]) -> "PolicyTexts":
        """The texts that `documents` told."""
        return cls(
            parameters={
                name.removeprefix(_PARAMETERS): SourceText(name, text)
                for name, text in documents.items()
                if name.startswith(_PARAMETERS)
            },
            findings=SourceText(_FINDINGS, documents[_FINDINGS]),
            centres=SourceText(_CENTRES, documents[_CENTRES]),
        )


def load_policy(parameters_dir: Path | None = None, centres_file: Path | None = None) -> Policy:
    """The policy of `policy_texts`.

    Raises:
        PolicyError: a file cannot be read or is not as it must be; names file and line.
    """
    return policy_texts(parameters_dir, centres_file).policy()


def policy_texts(parameters_dir: Path | None = None, centres_file: Path | None = None) -> PolicyTexts:
    """The packaged policy, with the parameter files of `parameters_dir` in place of the packaged ones of the same name.

    The folder need not be complete: a file it does not have is the packaged one. Files that are no YAML are nobody's
    business; a YAML file that names no parameter is refused. `centres_file` replaces the packaged registry of centres
    as a whole.

    Raises:
        PolicyError: a file cannot be read; names it.
    """
    packaged = files("ioc_etl.policy")
    parameters = _packaged_parameters(packaged / "parameters")
    if parameters_dir is not None:
        parameters |= _given_parameters(parameters_dir)
    return PolicyTexts(
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
