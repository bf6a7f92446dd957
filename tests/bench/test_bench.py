"""The bench still works: a small one, of which only the shape is looked at, never seconds or ratios."""

from pathlib import Path

from bench import bench
from bench_road import STAGES


def test_a_small_bench_loads_every_row_and_tells_every_figure(tmp_path: Path) -> None:
    told: list[str] = []
    found = bench(tmp_path, rows=200, centres=20, repeat=1, tell=told.append)
    assert told
    assert found["rows"] == found["rows_in_database"] == 200
    assert found["paid_rows"] > 150
    assert found["findings"] > 0
    assert list(found["seconds"]["road"]) == [*STAGES, "whole"]
    assert set(found["seconds"]["floor"]) == {"read", "load", "whole"}
    assert found["again"]["status"] == "unchanged"
    assert found["again"]["rows_written"] == 2, "the run's own row and its audit event"
    assert found["peak_rss_bytes"] > 0
    assert found["floor_ratio"] > 0
