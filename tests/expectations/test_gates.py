"""The gates as a whole: what they say of a sound shop, of too little, of a crash."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_shop import run_sql

import expectations
from expectations import Gate, GateResult
from expectations.parts.siblings import SAID
from warehouse.errors import TesseraError
from warehouse.settings import PROJECT_DIR, Settings

GATES = {gate.name: gate for gate in expectations.discover()}

# What is asked of a model that has scored for a while.
HELD_TO_ACCOUNT = {"feature_drift", "score_drift", "backtest_drift", "backtest_wrong"}

pytestmark = pytest.mark.usefixtures("without_pages")


def states(gate_name: str, settings: Settings) -> dict[str, str]:
    results = GATES[gate_name].run(settings, "simulated")
    return {result.entry: result.state for result in results}


def test_the_seven_gates_are_found_in_the_order_of_the_run() -> None:
    found = [(gate.stage, gate.name) for gate in expectations.discover()]
    assert found == [
        ("before_ml", "behavior"),
        ("before_ml", "features"),
        ("before_ml", "identity"),
        ("before_ml", "ingest"),
        ("after_ml", "publication"),
        ("after_ml", "scores"),
        ("after_ml", "segments"),
    ]


def test_finding_gates_imports_neither_great_expectations_nor_duckdb() -> None:
    code = (
        "import sys, expectations; expectations.discover();"
        "heavy = {'great_expectations', 'sqlalchemy', 'duckdb', 'pandas'};"
        "sys.exit(str(heavy & sys.modules.keys()) if heavy & sys.modules.keys() else 0)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_DIR, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name", GATES)
def test_a_sound_shop_passes(
    name: str, sound_results: dict[str, list[GateResult]]
) -> None:
    told = {result.entry: result.state for result in sound_results[name]}
    silent = {entry for entry, state in told.items() if state == "not applicable"}
    assert silent <= {"largest_customer_share"}
    assert {told[entry] for entry in told.keys() - silent} == {"passed"}


@pytest.mark.parametrize("name", GATES)
def test_every_result_is_told_in_sentences(
    name: str, sound_results: dict[str, list[GateResult]]
) -> None:
    for result in sound_results[name]:
        assert result.gate == name
        assert result.message
        assert "@" not in result.message + result.observed


def test_a_gate_leaves_the_file_to_the_next_writer(sound_shop: Settings) -> None:
    GATES["scores"].run(sound_shop, "simulated")
    run_sql(sound_shop.build_path, "create or replace table left_free (id integer)")


def test_without_enough_data_no_score_is_judged(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop(
        "update ml.models set state = 'not_enough_data', reason = 'Only 12 buyers.';"
        "delete from ml.propensity_scores; delete from ml.customer_clusters;"
        "delete from ml.product_recommendations; delete from ml.product_neighbors;"
        "delete from ml.model_drift; delete from ml.propensity_backtest;"
        + ";".join(f"delete from {table}" for table, *_ in SAID.values())
    )
    results = GATES["scores"].run(settings, "simulated")
    assert {result.state for result in results} == {"not applicable"}
    of_now = [one for one in results if one.entry.split(":")[0] not in HELD_TO_ACCOUNT]
    assert {result.message for result in of_now} == {"Only 12 buyers."}


def test_a_calibration_error_within_doubt_does_not_block(
    changed_shop: Callable[[str], Settings],
) -> None:
    card = (
        '{"metrics": {"ece": 0.06, "roc_auc": 0.8}, "intervals": {"ece": [0.04, 0.1]}}'
    )
    settings = changed_shop(f"update ml.models set metrics = '{card}'")
    assert states("scores", settings)["calibration"] == "passed"


def test_without_any_model_no_score_is_judged(
    changed_shop: Callable[[str], Settings],
) -> None:
    tables = ["ml.models", "ml.propensity_scores", "ml.customer_clusters"]
    tables += ["ml.product_recommendations", "ml.product_neighbors"]
    tables += ["ml.model_drift", "ml.propensity_backtest"]
    tables += [table for table, *_ in SAID.values()]
    settings = changed_shop(";".join(f"delete from {table}" for table in tables))
    told = states("scores", settings)
    assert set(told.values()) == {"not applicable"}


def test_a_model_without_its_scores_fails(
    changed_shop: Callable[[str], Settings],
) -> None:
    told = states("scores", changed_shop("delete from ml.propensity_scores"))
    assert told["scores_complete"] == "failed"


def test_without_an_email_source_its_rows_are_not_judged(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop(
        "delete from staging.esp_events;"
        "delete from staging.file_reconciliation where source = 'esp'"
    )
    results = GATES["ingest"].run(settings, "default")
    told = {result.entry: result.state for result in results}
    silent = {entry for entry, state in told.items() if state == "not applicable"}
    assert silent == {"esp_keys_unique", "esp_moments_known"}
    assert "failed" not in told.values()


def test_the_source_that_gave_the_clock_is_not_judged_by_it(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop(
        "update staging.as_of set as_of_at ="
        " (select max(received_at) from staging.web_events);"
        "update staging.esp_events set received_at = received_at - interval 9 day"
    )
    told = states("ingest", settings)
    assert told["freshness"] == "not applicable"
    assert told["source_freshness:web"] == "not applicable"
    assert told["source_freshness:esp"] == "warned"


@pytest.mark.parametrize("tolerance", ["60 minute", "3 day"])
def test_clocks_are_judged_by_the_tolerance_that_staged_them(
    changed_shop: Callable[[str], Settings], tolerance: str
) -> None:
    settings = changed_shop(
        f"update staging.as_of set clock_tolerance = interval {tolerance};"
        "update staging.web_events"
        f" set occurred_at = received_at + interval {tolerance}"
    )
    assert states("ingest", settings)["web_moments_known"] == "passed"


def test_what_arrives_after_the_moment_of_the_run_is_not_missed(
    changed_shop: Callable[[str], Settings],
) -> None:
    later = "(select as_of_at + interval 1 hour from staging.as_of)"
    settings = changed_shop(
        f"update staging.web_events set received_at = {later} where event_id = 'bot';"
        f"update staging.esp_events set received_at = {later} where event_id = 'e-1';"
        f"update staging.shop_orders set created_at = {later} where order_key = 'o-1';"
        "delete from behavior.events where event_id in ('bot', 'e-1');"
        "delete from behavior.orders where order_key = 'shop:o-1'"
    )
    assert states("publication", settings)["lines_published"] == "passed"


def test_a_segment_that_is_not_ready_is_not_judged(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop(
        "update segments.segment_summary set state = 'not applicable',"
        " reason = 'no model' where segment_name = 'repeat_buyer'"
    )
    told = states("segments", settings)
    assert told["share:repeat_buyer"] == "not applicable"
    assert told["share"] == "passed"


def test_a_segment_of_emails_is_not_judged_without_emails(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop(
        "delete from staging.file_reconciliation where source = 'esp'"
    )
    results = {r.entry: r for r in GATES["segments"].run(settings, "simulated")}
    assert results["share:dormant"].state == "not applicable"
    assert "no line of esp/events" in results["share:dormant"].message


def test_a_run_that_is_behind_is_no_fault_of_the_ledger(
    changed_shop: Callable[[str], Settings],
) -> None:
    """It adds nothing, so memberships and beliefs are of two moments."""
    settings = changed_shop(
        "delete from segments.segment_changes; update staging.stg_ledger__segment_runs"
        " set as_of_at = as_of_at + interval 8 day"
    )
    told = states("segments", settings)
    assert told["beliefs_true"] == "not applicable"
    assert told["beliefs_apart"] == "passed"


def test_nobody_at_all_is_not_a_success(
    changed_shop: Callable[[str], Settings],
) -> None:
    tables = ["identity.identity_map", "identity.golden_profiles", "behavior.events"]
    tables += ["features.customer_features", "features.training_set"]
    tables += ["identity.identity_decisions", "segments.segment_memberships"]
    tables += ["segments.primary_segments", "segments.segment_overlap"]
    tables += ["segments.standing_beliefs", "segments.segment_changes"]
    settings = changed_shop(";".join(f"delete from {table}" for table in tables))
    for name in ("identity", "features"):
        assert set(states(name, settings).values()) == {"not applicable"}
    told = states("segments", settings)
    for entry in ("one_primary", "beliefs_apart", "beliefs_true"):
        assert told[entry] == "not applicable"


def test_lost_features_are_a_failure_and_not_an_absence(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop("delete from features.customer_features")
    assert states("features", settings)["one_row_now"] == "failed"


def test_a_missing_table_fails_its_entries_and_names_it(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop("drop table segments.segment_overlap")
    results = {r.entry: r for r in GATES["segments"].run(settings, "simulated")}
    assert results["overlap"].state == "failed"
    assert "segments.segment_overlap" in results["overlap"].message
    assert results["one_primary"].state == "passed"


def test_a_renamed_column_fails_and_hides_nothing(
    changed_shop: Callable[[str], Settings],
) -> None:
    settings = changed_shop(
        "alter table ml.propensity_scores rename score_decile to decile"
    )
    results = {r.entry: r for r in GATES["scores"].run(settings, "simulated")}
    assert results["probabilities_in_range"].state == "failed"
    assert "score_decile" in results["probabilities_in_range"].message
    assert results["scores_complete"].state == "passed"


@pytest.mark.parametrize("name", GATES)
def test_without_a_database_every_gate_fails(name: str, tmp_path: Path) -> None:
    settings = Settings(project_dir=PROJECT_DIR, data_dir=tmp_path)
    (result,) = GATES[name].run(settings, "simulated")
    assert (result.entry, result.state) == ("gate", "failed")
    assert "tessera run" in result.message


def test_a_crash_in_a_gates_own_code_is_a_failure(sound_shop: Settings) -> None:
    def crash(_: object) -> list[object]:
        raise ZeroDivisionError("one over none")

    gate: Gate = replace(GATES["scores"], rules=crash)
    (result,) = gate.run(sound_shop, "simulated")
    assert result.state == "failed"
    assert "one over none" in result.message


def test_an_unknown_profile_is_a_failure_that_names_the_known(
    sound_shop: Settings,
) -> None:
    (result,) = GATES["scores"].run(sound_shop, "simulatd")
    assert result.state == "failed"
    assert "Did you mean `simulated`?" in result.message


def test_a_file_without_a_gate_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("expectations.scores.GATE")
    with pytest.raises(TesseraError, match=r"expectations/scores\.py"):
        expectations.discover()


def test_two_gates_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expectations.scores.GATE", GATES["segments"])
    with pytest.raises(TesseraError, match="share a name"):
        expectations.discover()
