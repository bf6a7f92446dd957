"""Ending with one's parent, so that a killed `serve` or worker leaves nothing running behind it."""

import ctypes
import os
import signal
import sys

WORKER_PROCESS = "IOC_ETL_WORKER_PROCESS"
"""Set by the worker of `serve`: its process id, for the runs that it starts."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(signal_number: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `signal_number` to this process when its parent dies, however it dies.

    Linux only; elsewhere it does nothing, and a parent that is killed outright leaves its children running. A child
    that is started later does not inherit it: the embedded database outlives the run that started it.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)


def end_with_worker() -> None:
    """End this run with the worker of `serve` that started it; a run started in another way is left alone.

    Prefect gives each run a session of its own, so that nothing but the run itself can arrange this.
    """
    worker = os.environ.get(WORKER_PROCESS)
    if worker is not None:
        end_with_parent()
        if os.getppid() != int(worker):
            os.kill(os.getpid(), signal.SIGKILL)
