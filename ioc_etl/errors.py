"""The errors of ioc-etl.

    IocEtlError
    ├── UsageError            what was asked for cannot be: exit code 2
    ├── PolicyError           a parameter, a centre or a finding's text is wrong: file and line
    ├── TransientError        may pass by itself; the only thing that is retried
    ├── SourceError           a source cannot be reached or read
    ├── UnreadableFileError   the bytes are no office file that can be read
    │   └── LegacyEncodingError   they are, but in TCVN3, VNI or Windows-1258
    ├── ContractError         a frame does not keep its contract: a fault of ours
    ├── CentreError           rows of these centres break the month: they are refused, the rest is decided again
    ├── ControlTotalError     the books do not close: nothing is written
    ├── DatabaseError         the database cannot be had, or refuses
    │   └── ValueRefusedError     it refuses a value of a row
    ├── MonthLockedError      another run holds the month
    ├── AuthenticationError   who asks is not known
    ├── RefusedError          the ledger does not allow it as things stand: nothing is done
    │   └── WrongStateError       the batch is past that step, or not there yet: exit code 2
    ├── PlanMovedError        what a plan rested on has changed: nothing is done
    ├── ReplayError           a run cannot be computed again from what is kept
    └── ProgramFaultError     what nobody foresaw, told without its message

Messages say what, where and what to do; keys and counts, never personal values.
"""

from collections.abc import Sequence


class IocEtlError(Exception):
    """Root of every error that ioc-etl raises on purpose. `vi` is its text in Vietnamese, where that was given."""

    def __init__(self, en: str = "", vi: str | None = None) -> None:
        super().__init__(en)
        self.vi = vi or en


class UsageError(IocEtlError):
    """What was asked for cannot be; says how to ask."""


class PolicyError(IocEtlError):
    """A parameter, a centre or a finding's text is wrong; names file and line."""


class TransientError(IocEtlError):
    """May pass by itself; the only error that is retried."""


class SourceError(IocEtlError):
    """A source of rosters or registers cannot be reached or read."""


class UnreadableFileError(IocEtlError):
    """The bytes are no office file that can be read."""


class LegacyEncodingError(UnreadableFileError):
    """The file is written in TCVN3, VNI or Windows-1258."""


class ContractError(IocEtlError):
    """A frame does not keep its contract: a fault of the program, never of the input."""


class CentreError(IocEtlError):
    """Rows of some centres cannot be decided; `centre_codes` names them, the message never a value."""

    def __init__(self, centre_codes: Sequence[str], en: str, vi: str | None = None) -> None:
        super().__init__(en, vi)
        self.centre_codes = tuple(centre_codes)


class ControlTotalError(IocEtlError):
    """Rows or đồng do not add up; nothing is written."""


class DatabaseError(IocEtlError):
    """The database cannot be had, or refuses what was asked."""


class ValueRefusedError(DatabaseError):
    """The database refuses a value of a row; names the table and the rule, never the value."""


class MonthLockedError(DatabaseError):
    """Another run holds the month; says which and since when."""


class PlanMovedError(IocEtlError):
    """What a plan rested on has changed since; names it."""


class ReplayError(IocEtlError):
    """A run cannot be computed again from what is kept; says why."""


class AuthenticationError(IocEtlError):
    """Who asks is not known: a wrong name, password or token, told apart nowhere."""


class RefusedError(IocEtlError):
    """What was asked is not allowed as things stand; nothing was done."""

    def __init__(self, en: str, vi: str) -> None:
        super().__init__(en, vi)


class WrongStateError(RefusedError, UsageError):
    """The batch is past that step, or has not come to it."""


class ProgramFaultError(IocEtlError):
    """Something failed that nobody foresaw. Says which kind of error and where in the code, never its message."""
