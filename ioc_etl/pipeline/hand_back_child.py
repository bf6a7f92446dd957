"""The program of a process that makes a returned workbook of what a stranger sent.

Started as `python -m ioc_etl.pipeline.hand_back_child`, nowhere imported by the run itself: what a file makes openpyxl
do, it does to this process alone.
"""

import pickle

from ioc_etl.adapters.killable_child import Work, serve
from ioc_etl.reports.hand_back import returned_workbook


def work_of(_: bytes) -> Work:
    """Answers one workbook after the other."""

    def work(piece: bytes) -> bytes:
        given, own, cells = pickle.loads(piece)  # noqa: S301 - from the parent
        return returned_workbook(given, own=own, cells=cells)

    return work


if __name__ == "__main__":
    serve(work_of)
