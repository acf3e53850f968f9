"""The whole job on a small shop: once, again, with bad data, and rebuilt."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.execution import Options, Outcome, backfill, execute
from orchestration.instance import opened
from tessera.explain import tell_somebody
from tessera.main import commands
from tessera.output import console
from tessera.rebuilding import rebuild_and_compare
from tests.orchestration.conftest import AS_OF, all_logs, append
from tests.orchestration.leaks import found_in, left, people
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.history import run_gates, run_steps
from warehouse.ledger import read_ledger
from warehouse.locking import run_lock
from warehouse.publications import Publication, current
from warehouse.settings import Settings

STEPS = [
    "ingest",
    "ledger",
    "dbt_to_records",
    "matching",
    "dbt_to_features",
    "gates_before_ml",
    "churn",
    "clustering",
    "order_value",
    "propensity",
    "propensity_7d",
    "propensity_90d",
    "recommendations",
    "drift",
    "dbt_to_marts",
    "gates_after_ml",
    "segment_ledger",
    "score_ledger",
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
    assert published.rows["product_recommendations"] == 10 * published.rows["customers"]
    assert {"tessera", "duckdb", "dbt-core", "purchase_30d"} <= set(published.versions)


def test_the_publication_has_what_its_run_recorded(
    shop: Settings, first_run: Outcome
) -> None:
    with connect(publication(shop).database, read_only=True) as tables:
        odd = tables.execute(
            "select count(*) from segment_memberships as held full join ("
            " from segment_history where left_at is null and superseded_at is null"
            ") as believed using (customer_id, segment_name)"
            " where held.customer_id is null or believed.customer_id is null"
            " or run_id != $1",
            [first_run.run_id],
        ).fetchall()
        rules = tables.execute(
            "select count(*) filter (where is_in_force), count(*) from"
            " segment_definition_history"
        ).fetchall()
        sizes = tables.execute(
            "select count(*) from segment_stability as ran join segment_summary as now"
            " using (segment_name) where ran.member_count != now.customer_count and"
            " ran.day_on = (select max(last.day_on) from segment_stability as last)"
        ).fetchall()
    assert odd == [(0,)]
    assert rules[0][0] == rules[0][1] == publication(shop).rows["segment_summary"]
    assert sizes == [(0,)]
    steps = run_steps(shop, first_run.run_id)
    (said,) = (step for step in steps if step["step"] == "segment_ledger")
    assert said["row_count"] == publication(shop).rows["segment_history"]
    assert said["row_count"] > publication(shop).rows["segment_memberships"]
    assert said["detail"] == f"{said['row_count']} beliefs added, 0 superseded"


def test_every_step_is_recorded(shop: Settings, first_run: Outcome) -> None:
    steps = run_steps(shop, first_run.run_id)
    assert [step["step"] for step in steps] == STEPS
    assert {step["state"] for step in steps} == {"succeeded"}


def test_rows_in_come_out_or_are_set_aside(shop: Settings, first_run: Outcome) -> None:
    told = {
        step["step"]: (step["rows_in"], step["rows_out"], step["rows_set_aside"])
        for step in run_steps(shop, first_run.run_id)
    }
    for step, (came_in, went_out, set_aside) in told.items():
        if None not in (came_in, went_out, set_aside):
            assert came_in == went_out + set_aside, step
    lines = sum(file.line_count for file in read_ledger(shop))
    published = publication(shop).rows
    customers = published["customers"]
    assert told["ingest"] == (lines, lines, 0)
    assert told["dbt_to_records"][0] == lines
    assert told["dbt_to_records"][2] > 0
    assert told["dbt_to_features"][1:] == (customers, None)
    assert told["dbt_to_marts"] == (customers, customers, None)
    assert told["clustering"] == (customers, customers, None)
    assert told["segment_ledger"][:2] == (published["segment_history"],) * 2
    assert told["publish"] == (*[sum(published.values())] * 2, None)


def test_every_gate_judged_and_the_scores_too(
    shop: Settings, first_run: Outcome
) -> None:
    gates = run_gates(shop, first_run.run_id)
    assert {gate["gate"] for gate in gates} == {
        "ingest",
        "identity",
        "behavior",
        "features",
        "scores",
        "segments",
        "publication",
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


def test_the_search_finds_whoever_is_there(
    shop: Settings, first_run: Outcome, tmp_path: Path
) -> None:
    emails, phones = people(shop)
    assert len(emails) > 300
    assert len(phones) > 300
    email, phone = min(emails), min(one for one in phones if one.startswith("0"))
    append(tmp_path / "a.log", f"x{chr(0)}<{email.upper()}>, no such customer")
    append(tmp_path / "b.html", f"<td>(+49) {phone[1:5]}/{phone[5:8]} {phone[8:]}</td>")
    append(tmp_path / "c.log", "nobody@nowhere.example 2025-12-31 12:00:00")
    assert found_in(tmp_path, emails, phones) == {"a.log": 1, "b.html": 1}


def test_a_run_names_nobody_beside_its_tables(
    shop: Settings, first_run: Outcome
) -> None:
    for folder in left(shop):
        assert any(folder.rglob("*")), f"{folder.name} is empty: nothing was searched"
        assert found_in(folder, *people(shop)) == {}, folder.name


def explained(shop: Settings, customer: str) -> str:
    """What `tessera explain` says of a customer, in one line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TESSERA_DATA", str(shop.data_dir))
        patch.setattr(console, "width", 400)
        result = CliRunner().invoke(commands, ["explain", customer])
    if isinstance(result.exception, TesseraError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_one_customer_is_explained_by_any_name_of_theirs(
    shop: Settings, first_run: Outcome
) -> None:
    with connect(publication(shop).database, read_only=True) as tables:
        ((customer, alias, email, city, loser, segment, reason),) = tables.execute(
            "select customers.customer_id, alias_id, email, city,"
            " losers[1].masked_value, segment_name, reason"
            " from customers join identity_aliases using"
            " (customer_id) join profile_lineage using (customer_id) join"
            " segment_memberships using (customer_id) where losing_claim_count > 0 and"
            " losers[1].masked_value is not null and city is not null and email in"
            " (select email from customers group by email having count(*) = 1)"
            " order by all limit 1"
        ).fetchall()
        records = tables.execute(
            "select record_id from identity_map where customer_id = ?", [customer]
        ).fetchall()
    said = explained(shop, customer)
    assert len(records) > 1
    for word in (alias, email, city, loser, segment.replace("_", " "), reason):
        assert word in said
    for (record,) in records:
        assert record in said
        assert explained(shop, record) == said
    assert explained(shop, alias) == explained(shop, email.upper()) == said


def test_nobody_is_explained_without_repeating_an_address(
    shop: Settings, first_run: Outcome
) -> None:
    with pytest.raises(TesseraError, match="nobody has this name") as refused:
        explained(shop, "nobody@nowhere.example")
    assert "nowhere" not in str(refused.value)


def test_the_demo_ends_with_somebody_who_was_merged(
    shop: Settings, first_run: Outcome, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_somebody(shop)
    said = capsys.readouterr().out
    assert "Which value survived" in said
    assert len(re.findall(r"\b(?:shop|crm|esp|web):", said)) > 2


def test_a_run_at_work_refuses_another(shop: Settings, first_run: Outcome) -> None:
    with run_lock(shop), pytest.raises(TesseraError, match="another run is at work"):
        execute(shop, Options(as_of=AS_OF))


def test_again_without_news_no_table_changes(
    shop: Settings, first_run: Outcome
) -> None:
    before = publication(shop)
    again = execute(shop, Options(as_of=AS_OF))
    assert again.succeeded
    after = publication(shop)
    changed = [
        table
        for table in before.rows
        if not before.parquet(table).samefile(after.parquet(table))
    ]
    assert after.id != before.id
    assert changed == ["run_history"]
    # Nobody asked for it, so no model was trained: the standing ones scored.
    told = {one["step"]: one["detail"] for one in run_steps(shop, again.run_id)}
    for step, model in {"propensity": "purchase_30d", "clustering": "clusters"}.items():
        assert told[step] == f"{after.versions[model]} scored."


def test_bad_data_stops_at_a_gate_unless_a_person_accepts(
    shop: Settings,
    first_run: Outcome,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    standing = publication(shop)
    emails, phones = people(shop)
    line = f'{{"email": "{min(emails)}", "phone": "{min(phones)}", "timestamp": "'
    flood = "".join(f"{line}{n}\n" for n in range(20_000))
    append(shop.raw_dir / "web" / "events" / "flood.jsonl", flood)
    capfd.readouterr()
    with all_logs():
        failed = execute(shop, Options(as_of=AS_OF))
    assert not failed.succeeded
    # Neither what it told nor what it left names whom the bad lines name.
    told = capfd.readouterr()
    append(tmp_path / "told.txt", f"{told.out}{told.err}{failed}")
    for folder in (tmp_path, *left(shop)):
        assert found_in(folder, emails, phones) == {}, folder.name
    assert current(shop) == standing
    rows = [g for g in run_gates(shop, failed.run_id) if g["state"] == "failed"]
    assert {row["gate"] for row in rows} == {"ingest"}

    reason = "a test flooded the stream"
    accepted = [
        {"gate": r["gate"], "entry": r["entry"], "reason": reason} for r in rows
    ]
    # With all files read again: the rebuild below makes the same tables.
    today = datetime.now(UTC).date()
    days = (today - timedelta(days=1), today)
    again = Options(as_of=AS_OF, accepted=accepted)
    assert backfill(shop, again, days).succeeded
    published = publication(shop)
    assert [(g["gate"], g["entry"]) for g in published.accepted] == [
        (row["gate"], row["entry"]) for row in rows
    ]
    assert all(reason in gate["message"] for gate in published.accepted)
    assert published.content["customers"] == standing.content["customers"]


def test_a_rebuild_makes_the_same_tables(shop: Settings, first_run: Outcome) -> None:
    assert rebuild_and_compare(shop, Options(as_of=AS_OF)) == []
    assert not (shop.data_dir / "rebuild").exists()
