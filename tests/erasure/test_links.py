"""Folders that are links, and names of files that name somebody."""

from collections import Counter
from pathlib import Path

import pytest

from tests.erasure.people import ANN, call, land
from warehouse.erasure.erasing import Proof, erase, look, prove
from warehouse.erasure.identifiers import Identifier, Kind
from warehouse.erasure.person import find
from warehouse.erasure.plan import Plan, plan_path
from warehouse.errors import TesseraError
from warehouse.locking import run_lock
from warehouse.settings import Settings

HERS = Identifier(Kind.EMAIL, ANN)


def proofs(settings: Settings, plan: Plan) -> dict[str, Proof]:
    """The proof by place; a checkout in which dbt was at work has one of its own."""
    return {proof.place: proof for proof in prove(settings, plan.search, Counter())}


def test_a_folder_that_is_a_link_is_refused(shop: Settings, tmp_path: Path) -> None:
    """Its files would be read, and neither rewritten nor searched."""
    with run_lock(shop):
        found = find(shop, [HERS])
        elsewhere = tmp_path / "elsewhere"
        (shop.raw_dir / "crm").rename(elsewhere)
        (shop.raw_dir / "crm").symlink_to(elsewhere)
        before = (shop.raw_dir / "shop/customers/all.csv").read_bytes()
        for refused in (lambda: look(shop, [HERS]), lambda: erase(shop, found)):
            with pytest.raises(TesseraError, match=r"crm: a link stands"):
                refused()
    assert (shop.raw_dir / "shop/customers/all.csv").read_bytes() == before
    assert not plan_path(shop).exists()


def test_a_raw_folder_that_is_a_link_is_searched(
    settings: Settings, tmp_path: Path
) -> None:
    land(settings, "web/events/a.jsonl", call("page", "d-ann-001", 1).encode())
    settings.raw_dir.rename(tmp_path / "elsewhere")
    settings.raw_dir.symlink_to(tmp_path / "elsewhere")
    plan = Plan("x", frozenset({Identifier(Kind.DEVICE, "d-ann-001")}), [])
    proof = proofs(settings, plan)["raw files"]
    assert (proof.file_count, proof.left_count) == (1, 1)


def test_a_name_of_a_file_is_left_and_not_told(settings: Settings) -> None:
    for name in (f"{ANN}.txt", f"{ANN}.csv", "bob@mail.example.txt"):
        land(settings, f"../exports/{name}", b"x")
    land(settings, f"../exports/of {ANN}/a.txt", b"x")
    land(settings, "../exports/notes.txt", f"to {ANN}".encode())
    plan = Plan("x", frozenset({HERS}), [])
    proof = proofs(settings, plan)["other files"]
    assert (proof.file_count, proof.left_count) == (5, 4)
    folder = settings.data_dir / "exports"
    assert proof.left_files == [str(folder), str(folder / "notes.txt")]
