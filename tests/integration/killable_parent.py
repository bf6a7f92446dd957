"""A parent whose children never end by themselves: tells their ids, then waits to be ended itself."""

import sys

from ioc_etl.adapters.killable import KillableRooms, Limits

LIMITS = Limits(memory_bytes=2**30, cpu_seconds=2, seconds=4, answer_bytes=2**20)


def main() -> None:
    with KillableRooms("tests.integration.killable_work", LIMITS, at_most=2) as rooms:
        for _, answer in rooms.each([b"pid", b"pid", *[sys.argv[1].encode()] * 2], bytes):
            assert isinstance(answer, bytes)
            sys.stdout.write(f"{answer.decode()}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
