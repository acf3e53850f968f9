"""The whole job on a small shop: once, again, with bad data, and rebuilt."""

import json

import pytest

from orchestration.execution import Options, Outcome, execute
from orchestration.instance import opened
from tessera.rebuilding import rebuild_and_compare
from tests.orchestration.conftest import append
from warehouse.errors import TesseraError
from warehouse.history import run_gates, run_steps
from warehouse.locking import run_lock
from warehouse.publications import Publication, current
from warehouse.settings import Settings

STEPS = [
    "ingest",
    "dbt_to_records",
    "matching",
    "dbt_to_features",
    "gates_before_ml",
    "clustering",
    "propensity",
    "dbt_to_marts",
    "gates_after_ml",
    "publish",
]


def publication(shop: Settings) -> Publication:
    found = current(shop)
    assert found is not None
    return found


def test_a_run_ends_in_a_publication(shop: Settings, first_run: Outcome) -> None:
    assert first_run.succeeded
    published = publication(shop)
    assert published.rows["customers"] > 500
    assert published.rows["customer_segments"] == published.rows["customers"]
    assert {"tessera", "duckdb", "dbt-core", "purchase_30d"} <= set(published.versions)


def test_every_step_is_recorded(shop: Settings, first_run: Outcome) -> None:
    steps = run_steps(shop, first_run.run_id)
    assert [step["step"] for step in steps] == STEPS
    assert {step["state"] for step in steps} == {"succeeded"}


def test_every_gate_judged_and_the_scores_too(
    shop: Settings, first_run: Outcome
) -> None:
    gates = run_gates(shop, first_run.run_id)
    assert {gate["gate"] for gate in gates} == {
        "ingest",
        "identity",
        "features",
        "scores",
        "segments",
    }
    assert "passed" in {g["state"] for g in gates if g["gate"] == "scores"}
    manifest = json.loads((shop.published_link / "manifest.json").read_text())
    assert len(manifest["gates"]) == len(gates)


def test_the_run_shows_in_dagster(shop: Settings, first_run: Outcome) -> None:
    with opened(shop) as instance:
        run = instance.get_run_by_id(first_run.run_id)
        keys = {key.to_user_string() for key in instance.all_asset_keys()}
    assert run is not None
    assert run.is_success
    assert {"ingest", "staging/stg_web__events", "marts/customers"} <= keys


def test_a_run_at_work_refuses_another(shop: Settings, first_run: Outcome) -> None:
    with run_lock(shop), pytest.raises(TesseraError, match="another run is at work"):
        execute(shop, Options())


def test_again_without_news_no_table_changes(
    shop: Settings, first_run: Outcome
) -> None:
    before = publication(shop)
    assert execute(shop, Options()).succeeded
    after = publication(shop)
    changed = [
        table
        for table in before.rows
        if not before.parquet(table).samefile(after.parquet(table))
    ]
    assert after.id != before.id
    assert changed == ["run_history"]


def test_bad_data_stops_at_a_gate_unless_a_person_accepts(
    shop: Settings, first_run: Outcome
) -> None:
    standing = publication(shop)
    flood = "".join(f"this is line {n}, and no event\n" for n in range(20_000))
    append(shop.raw_dir / "web" / "events" / "flood.jsonl", flood)
    failed = execute(shop, Options())
    assert not failed.succeeded
    assert current(shop) == standing
    rows = [g for g in run_gates(shop, failed.run_id) if g["state"] == "failed"]
    assert {row["gate"] for row in rows} == {"ingest"}

    reason = "a test flooded the stream"
    accepted = [
        {"gate": r["gate"], "entry": r["entry"], "reason": reason} for r in rows
    ]
    assert execute(shop, Options(accepted=accepted)).succeeded
    published = publication(shop)
    assert [(g["gate"], g["entry"]) for g in published.accepted] == [
        (row["gate"], row["entry"]) for row in rows
    ]
    assert all(reason in gate["message"] for gate in published.accepted)
    assert published.content["customers"] == standing.content["customers"]


def test_a_rebuild_makes_the_same_tables(shop: Settings, first_run: Outcome) -> None:
    assert rebuild_and_compare(shop, Options()) == []
    assert not (shop.data_dir / "rebuild").exists()
