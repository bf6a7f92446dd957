"""The process in which root starts or stops the embedded server: it becomes the server's user for good.

Python and this package may be out of that user's reach, so everything is imported before; no right is kept.
Exit codes: 0 done, 1 refused (the message is on stdout), 3 nothing to stop, 77 a path on stdout is out of reach.
"""

import encodings.ascii
import encodings.idna
import os
import sys
from pathlib import Path

from ioc_etl.adapters import embedded_cluster
from ioc_etl.errors import IocEtlError

REFUSED = 1
NOTHING_TO_STOP = 3
OUT_OF_REACH = 77
# Codecs are looked up by name when they are first needed, which would be too late.
_LOADED = (encodings.ascii, encodings.idna)


def become(uid: int, gid: int) -> None:
    """Give up root, every group and every capability; what is made from now on is that user's alone."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.umask(0o077)


def main(arguments: list[str]) -> int:
    """`UID GID ACTION FOLDER BIN_DIR`, run by root as a program of its own."""
    uid, gid, action = int(arguments[0]), int(arguments[1]), arguments[2]
    folder, bin_dir = Path(arguments[3]), Path(arguments[4])
    become(uid, gid)
    for path, rights in ((folder, os.R_OK | os.W_OK), (bin_dir / "initdb", os.R_OK), (bin_dir / "postgres", os.R_OK)):
        if not os.access(path, rights | os.X_OK):
            sys.stdout.write(str(path))
            return OUT_OF_REACH
    try:
        done = embedded_cluster.perform(action, folder, bin_dir)
    except IocEtlError as problem:
        sys.stdout.write(str(problem))
        return REFUSED
    return 0 if done else NOTHING_TO_STOP


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
