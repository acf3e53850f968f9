"""The graph loads, reads as the pipeline, and starts by itself when it should."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from dagster import (
    AssetCheckKey,
    AssetKey,
    BackfillPolicy,
    DagsterInstance,
    DefaultScheduleStatus,
    Definitions,
    RunRequest,
    SkipReason,
    build_schedule_context,
    build_sensor_context,
)
from dagster._core.definitions.freshness import TimeWindowFreshnessPolicy

from expectations import discover
from expectations.engine.profiles import load_profile
from expectations.parts.backtests import backtest_drift
from expectations.parts.holding import FEATURE_DRIFT, SCORE_DRIFT
from orchestration.dbt_steps import STAGES
from orchestration.definitions import BACKFILL_JOB, JOB, REBUILD_JOB, pipeline
from orchestration.gates import GUARDED
from orchestration.instance import CONFIG
from orchestration.rereading import LANDING_DAYS
from orchestration.run import TAG, WAIT_SECONDS, Run
from orchestration.triggers import TRIGGER, drift_sensor, landing_sensor


@pytest.fixture(scope="module")
def defs() -> Definitions:
    return pipeline()


def test_everything_loads(defs: Definitions) -> None:
    Definitions.validate_loadable(defs)


def test_the_groups_are_the_stages(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    stages = {*STAGES, "reference"}
    assert groups == stages | {"ingest", "ledger", "ml", "ops", "publication"}


def test_the_gates_stand_before_the_models_and_the_publication(
    defs: Definitions,
) -> None:
    graph = defs.resolve_asset_graph()
    for stage, downstream in (
        ("before_ml", AssetKey(["ml", "propensity_scores"])),
        ("after_ml", AssetKey(["publication"])),
    ):
        guarded = GUARDED[stage]
        assert guarded in graph.get(downstream).parent_keys
        checks = [key for key in graph.asset_check_keys if key.asset_key == guarded]
        blocking = [key for key in checks if graph.get_check_spec(key).blocking]
        assert {"before_ml": "features", "after_ml": "segments"}[stage] in {
            key.name for key in blocking
        }


def test_the_matching_stands_between_the_records_and_the_links(
    defs: Definitions,
) -> None:
    graph = defs.resolve_asset_graph()
    records = AssetKey(["identity", "match_records"])
    for told, reader in (
        ("identity_pairs", "identity_review"),
        ("identity_matches", "match_links"),
    ):
        pairs = AssetKey(["ml", told])
        assert graph.get(pairs).parent_keys == {records}
        assert pairs in graph.get(AssetKey(["identity", reader])).parent_keys


def test_the_ledger_comes_first_and_the_publication_last(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    landed = graph.get(AssetKey(["staging", "landed_files"]))
    assert AssetKey(["ingest"]) in landed.parent_keys
    marts = {key for key in graph.materializable_asset_keys if key.path[0] == "marts"}
    assert len(marts) >= 15
    recorded = {AssetKey(["segment_ledger"]), AssetKey(["score_ledger"])}
    assert graph.get(AssetKey(["publication"])).parent_keys == marts | recorded


def test_the_ledger_of_memberships_is_opened_first_and_written_after_the_gates(
    defs: Definitions,
) -> None:
    graph = defs.resolve_asset_graph()
    opened = AssetKey(["ledger", "segment_beliefs"])
    shown = graph.get(AssetKey(["staging", "stg_ledger__segment_beliefs"]))
    assert shown.parent_keys == {opened}
    assert not graph.get(opened).parent_keys
    recorded = graph.get(AssetKey(["segment_ledger"]))
    assert GUARDED["after_ml"] in recorded.parent_keys
    assert AssetKey(["segments", "segment_changes"]) in recorded.parent_keys


def test_a_rebuild_neither_records_nor_publishes(defs: Definitions) -> None:
    jobs = {job: defs.resolve_job_def(job) for job in (JOB, REBUILD_JOB)}
    done = {name: set(job.asset_layer.executable_asset_keys)
        for name, job in jobs.items()}  # fmt: skip
    gated = {AssetKey([name])
        for name in ("segment_ledger", "score_ledger", "publication")}  # fmt: skip
    assert done[JOB] - done[REBUILD_JOB] == gated


def test_every_table_of_the_models_is_described(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    told = {
        key.path[-1]: graph.get(key).description or ""
        for key in graph.materializable_asset_keys
        if key.path[0] == "ml"
    }
    assert len(told) >= 5
    assert all(sentence.endswith(".") for sentence in told.values()), told
    assert "purchase_30d_probability" in told["propensity_scores"]


def test_every_asset_says_what_it_is_and_whom_to_ask(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    assets = {key: graph.get(key) for key in graph.materializable_asset_keys}
    assert len(assets) > 100
    for key, node in assets.items():
        for said in (node.owners, node.description, node.kinds, node.group_name):
            assert said, f"{key.to_user_string()} lacks an owner, words, kind or group"
    owners = {key.to_user_string(): list(node.owners) for key, node in assets.items()}
    assert owners["staging/stg_web__events"] == ["team:analytics_engineering"]
    assert owners["segments/segment_flags"] == ["team:marketing"]
    assert owners["predictions/propensity_predictions"] == ["team:data_science"]


def test_every_check_stands_at_an_asset_of_ours(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    checks = {key.name: key.asset_key for key in graph.asset_check_keys}
    assert len(checks) > 100
    assert set(checks.values()) <= graph.materializable_asset_keys
    for gate in discover():
        assert checks[gate.name] == GUARDED[gate.stage]
        spec = graph.get_check_spec(AssetCheckKey(GUARDED[gate.stage], gate.name))
        assert spec.blocking
        assert spec.description


def test_whoever_looks_sees_when_a_night_was_missed(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for name in ("ingest", "publication"):
        policy = graph.get(AssetKey([name])).freshness_policy
        assert isinstance(policy, TimeWindowFreshnessPolicy)
        assert policy.warn_window
        assert timedelta(days=1) < policy.warn_window.to_timedelta()
        assert policy.fail_window.to_timedelta() > timedelta(days=2)


def test_a_backfill_of_many_days_is_one_run_that_begins_with_them(
    defs: Definitions,
) -> None:
    graph = defs.resolve_asset_graph()
    job = defs.resolve_job_def(BACKFILL_JOB)
    assert job.backfill_policy == BackfillPolicy.single_run()
    assert job.partitions_def == LANDING_DAYS
    done = set(job.asset_layer.executable_asset_keys)
    refreshed = set(defs.resolve_job_def(JOB).asset_layer.executable_asset_keys)
    assert done - refreshed == {AssetKey(["reread"])}
    assert AssetKey(["reread"]) in graph.get(AssetKey(["ingest"])).parent_keys
    assert datetime.now(UTC).date().isoformat() in LANDING_DAYS.get_partition_keys()


def test_nightly_and_hourly_runs_are_the_same_job(defs: Definitions) -> None:
    nightly = defs.resolve_schedule_def("nightly")
    hourly = defs.resolve_schedule_def("hourly")
    assert {nightly.job_name, hourly.job_name} == {JOB}
    assert nightly.default_status == DefaultScheduleStatus.RUNNING
    assert hourly.cron_schedule == "0 * * * *"
    with DagsterInstance.ephemeral() as instance:
        tick = nightly.evaluate_tick(
            build_schedule_context(
                instance=instance,
                scheduled_execution_time=datetime(2026, 1, 1, 3, 30, tzinfo=UTC),
            )
        )
    [request] = tick.run_requests or []
    assert request.tags[f"{TAG}/retrain"] == "true"
    assert request.tags[TRIGGER] == "nightly"
    assert hourly.tags[TRIGGER] == "hourly"
    # They queue: Dagster starts one at a time, and whoever starts waits for the lock.
    assert yaml.safe_load(CONFIG)["concurrency"]["runs"] == {"max_concurrent_runs": 1}
    assert Run().wait_seconds == WAIT_SECONDS > 3600


def published(
    state: str, day: int, entry: str = "publication share_drift"
) -> SimpleNamespace:
    """A publication whose gates said this of a drift."""
    gate, entry = entry.split()
    gates = [
        {"gate": gate, "entry": entry, "state": state},
        {"gate": "publication", "entry": "volume", "state": "warned"},
    ]
    return SimpleNamespace(id="p", as_of=datetime(2026, 1, day), gates=gates)


def test_a_drift_asks_once_a_day_for_models_trained_anew(
    defs: Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = drift_sensor(defs.resolve_job_def(JOB))
    asked = []
    for told in (
        published("warned", 1),
        published("warned", 1),
        published("warned", 2),
    ):
        monkeypatch.setattr("orchestration.triggers.current", lambda _, p=told: p)
        request = sensor(build_sensor_context())
        assert isinstance(request, RunRequest)
        assert request.tags[f"{TAG}/retrain"] == "true"
        assert request.tags[f"{TAG}/drifted"] == "publication:share_drift"
        asked.append(request.run_key)
    assert asked[0] == asked[1] != asked[2]
    for quiet in (published("passed", 3), None):
        monkeypatch.setattr("orchestration.triggers.current", lambda _, p=quiet: p)
        assert isinstance(sensor(build_sensor_context()), SkipReason)


def test_models_that_do_not_hold_are_trained_anew(
    defs: Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Customers moved, or what was said did not come true: entries of the real gate."""
    sensor = drift_sensor(defs.resolve_job_def(JOB))
    rules = (FEATURE_DRIFT, SCORE_DRIFT, backtest_drift(load_profile("default")))
    warning = {rule.entry for rule in rules if rule.severity == "warn"}
    for place in ("feature_drift", "score_drift", "backtest_drift:churn"):
        told = published("warned", 1, f"scores {place}")
        monkeypatch.setattr("orchestration.triggers.current", lambda _, p=told: p)
        request = sensor(build_sensor_context())
        assert isinstance(request, RunRequest)
        assert request.tags[f"{TAG}/retrain"] == "true"
        assert request.tags[f"{TAG}/drifted"] == f"scores:{place}"
        assert place.split(":")[0] in warning


def test_the_sensor_asks_once_for_what_has_landed(
    defs: Definitions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TESSERA_DATA", str(tmp_path))
    sensor = landing_sensor(defs.resolve_job_def(JOB))
    folder = tmp_path / "raw" / "web" / "events"
    folder.mkdir(parents=True)
    (folder / "growing.jsonl.open").write_text("{}\n")
    assert isinstance(sensor(build_sensor_context()), SkipReason)
    (folder / "growing.jsonl.open").rename(folder / "sealed.jsonl")
    first, second = (sensor(build_sensor_context()) for _ in range(2))
    assert isinstance(first, RunRequest)
    assert isinstance(second, RunRequest)
    assert first.run_key == second.run_key
    (folder / "more.jsonl").write_text("{}\n")
    third = sensor(build_sensor_context())
    assert isinstance(third, RunRequest)
    assert third.run_key != first.run_key
