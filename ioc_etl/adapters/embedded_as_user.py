"""Become another user, then run a program: PostgreSQL refuses to run as root.

A script of its own, run by root as `python embedded_as_user.py UID GID PATH… -- PROGRAM ARGUMENT…`. It drops every
privilege. Only when the user cannot reach one of the paths (a home or a virtual environment below /root) does it keep
the one capability that lets the program walk through closed folders; no folder's mode is ever changed.
Exit code 77: a path is out of reach and the capability is not to be had; the path stands on stderr.
"""

import ctypes
import os
import sys

UNREACHABLE = 77

_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def main(arguments: list[str]) -> int:
    """Never returns but when the program cannot be reached."""
    separator = arguments.index("--")
    uid, gid, paths, program = int(arguments[0]), int(arguments[1]), arguments[2:separator], arguments[separator + 1 :]
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if libc is not None:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    missing = _out_of_reach(paths)
    if missing and libc is not None:
        missing = _reach_with_one_capability(libc, paths)
    elif libc is not None:
        _set_capabilities(libc, effective=0, permitted=0)
    if not missing:
        os.execv(program[0], program)  # noqa: S606 - replacing this process by the program is the purpose
    sys.stderr.write(missing[0])
    return UNREACHABLE


def _out_of_reach(paths: list[str]) -> list[str]:
    return [path for path in paths if not os.access(path, os.R_OK | os.X_OK, effective_ids=True)]


def _reach_with_one_capability(libc: ctypes.CDLL, paths: list[str]) -> list[str]:
    """Keep the weakest capability with which every path is reached; returns those that stay out of reach.

    Reading and searching folders is enough when only a folder above is closed; a program that only root may run
    (installed under a strict umask), or a container that has not the weaker one, needs the stronger.
    """
    available = _permitted(libc)
    missing = paths
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        mask = available & (1 << capability)
        _set_capabilities(libc, effective=mask, permitted=available)
        missing = _out_of_reach(paths)
        if not missing:
            _set_capabilities(libc, effective=mask, permitted=mask)
            libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)
            break
    return missing


def _permitted(libc: ctypes.CDLL) -> int:
    sets = (_Sets * 2)()
    libc.capget(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), ctypes.byref(sets))
    return int(sets[0].permitted) & ((1 << _CAP_DAC_READ_SEARCH) | (1 << _CAP_DAC_OVERRIDE))


def _set_capabilities(libc: ctypes.CDLL, *, effective: int, permitted: int) -> None:
    """Inheritable as effective: only what is in both may become ambient."""
    sets = (_Sets * 2)(_Sets(effective, permitted, effective), _Sets(0, 0, 0))
    libc.capset(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), ctypes.byref(sets))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
