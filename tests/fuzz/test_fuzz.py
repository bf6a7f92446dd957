"""The quick edition of `make fuzz`: the seeds themselves, then a few hundred mutants."""

from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

from schemas.vocabulary import RegisterName
from tests.fuzz.campaign import Campaign
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import seeds
from tests.fuzz.subject import Subject

MUTANTS = 400


def test_every_seed_is_read() -> None:
    subject = Subject()
    told = {seed.name: subject.told(seed.data, seed.register) for seed in seeds()}
    assert {name: said for name, said in told.items() if not said.startswith("read")} == {}


def test_mutants_bring_out_nothing_but_refusals_and_readings() -> None:
    campaign = Campaign(seed=2022)
    campaign.run(mutants=MUTANTS)
    assert campaign.found == []
    assert sum(tally.files for tally in campaign.tallies.values()) == MUTANTS
    assert all(tally.read and tally.refused for tally in campaign.tallies.values())


def test_the_same_seed_gives_the_same_mutants() -> None:
    """Whenever they are made: no zip says when it was written."""
    files = seeds()
    for number, seed in enumerate(files):
        first, again = (mutated(Random(number), seed.data, [files[0].data]) for _ in range(2))  # noqa: S311
        assert first == again
        if seed.data.startswith(b"PK"):
            with ZipFile(BytesIO(seed.data)) as archive:
                assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}


class Failing(Subject):
    """Fails on every file."""

    def told(self, data: bytes, register: RegisterName | None, *, to_frames: bool = True) -> str:  # noqa: ARG002
        raise KeyError("x")


def test_a_fault_is_written_down_with_what_repeats_it(tmp_path: Path) -> None:
    campaign = Campaign(seed=7, subject=Failing(), folder=tmp_path / "found")
    campaign.run(mutants=3)
    assert len(campaign.found) == 1
    assert "KeyError at test_fuzz.py" in campaign.found[0]
    data, trace = sorted((tmp_path / "found").iterdir())
    assert data.read_bytes() == seeds()[0].data
    assert "seed 7, mutant 1\n" in trace.read_text()
