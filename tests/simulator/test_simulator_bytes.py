"""The same seed gives the same bytes, in any order of chunks and on any thread."""

import hashlib
from pathlib import Path

import pytest

from simulator import simulate, simulation
from simulator.chunk import write_chunk
from simulator.world import CHUNK, create
from warehouse.errors import TesseraError

CUSTOMERS, DAYS, SEED = CHUNK + 60, 60, 7


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("first") / "raw"
    simulate(out, customers=CUSTOMERS, days=DAYS, seed=SEED)
    return out.parent


def test_same_seed_same_bytes_on_one_thread(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "THREADS", 1)
    simulate(tmp_path / "raw", customers=CUSTOMERS, days=DAYS, seed=SEED)
    assert digests(tmp_path) == digests(first)
    assert any(".parquet" in name for name in digests(first))


def test_chunks_in_another_order_same_bytes(first: Path, tmp_path: Path) -> None:
    world = create(CUSTOMERS, DAYS, SEED)
    for chunk in reversed(range(world.chunks)):
        write_chunk(world, chunk, tmp_path)
    mine, theirs = digests(tmp_path), digests(first / "raw")
    theirs.pop("shop/products/products.csv")
    assert len(mine) > 2 * world.chunks
    assert mine == theirs


def test_another_seed_other_bytes(first: Path, tmp_path: Path) -> None:
    simulate(tmp_path / "raw", customers=20, days=DAYS, seed=SEED + 1)
    theirs = digests(first)
    assert not set(digests(tmp_path).values()) & set(theirs.values())


def test_no_file_is_left_open(first: Path) -> None:
    assert not list(first.rglob("*.open"))


def test_progress_and_report(tmp_path: Path) -> None:
    heard: list[tuple[str, float]] = []
    report = simulate(
        tmp_path / "in" / "raw",
        customers=30,
        days=DAYS,
        truth=tmp_path / "known",
        progress=lambda name, share: heard.append((name, share)),
    )
    assert heard[-1] == ("simulate", 1.0)
    assert report.truth == tmp_path / "known"
    assert (tmp_path / "known" / "persons.parquet").exists()
    for entity, lines in report.lines.items():
        files = (tmp_path / "in" / "raw" / entity).iterdir()
        headers = 0 if entity.endswith("events") else 1
        counted = sum(file.read_bytes().count(b"\n") - headers for file in files)
        assert counted == lines, entity


@pytest.mark.parametrize(
    "wrong", [{"customers": 0}, {"days": 10}, {"seed": -1}, {"days": 100_000}]
)
def test_numbers_out_of_range(tmp_path: Path, wrong: dict[str, int]) -> None:
    (name,) = wrong
    with pytest.raises(TesseraError, match=name):
        simulate(tmp_path / "raw", **wrong)  # type: ignore[arg-type]
    assert not (tmp_path / "raw").exists()


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(TesseraError, match="already has files"):
        simulate(tmp_path, customers=10)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("customers", [1, 2, 5])
def test_a_shop_can_be_tiny(tmp_path: Path, customers: int) -> None:
    report = simulate(tmp_path / "my raw data", customers=customers, days=DAYS)
    assert report.lines["shop/customers"] >= customers


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TesseraError, match="could not be written"):
        simulate(tmp_path / "file" / "raw", customers=1, days=DAYS)
    with pytest.raises(TesseraError, match="could not be written"):
        simulate(tmp_path / "file", customers=1, days=DAYS)
