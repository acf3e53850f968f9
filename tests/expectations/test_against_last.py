"""What is published next against what was published last, and why it may differ."""

import shutil
from collections.abc import Callable

import pytest
from judging import GATES, judge
from small_shop import run_sql

from expectations import GateResult
from warehouse.settings import Settings

pytestmark = pytest.mark.usefixtures("without_pages")
Changed = Callable[[str], Settings]
FAR = "update segments.segment_summary set customer_count = {0} where segment_name = "
FEWER = FAR.format(20) + "'repeat_buyer';"
AFTER = "former_read", "not_behind", "columns_kept", "marts_filled", "rows_kept"
COMPARED = {*AFTER, "rows_grown", "share_drift", "segments_kept"}


def drift(settings: Settings, segment: str = "repeat_buyer") -> GateResult:
    return judge(f"publication share_drift:{segment}", settings)


def test_the_first_publication_is_compared_with_nothing(changed_shop: Changed) -> None:
    settings = changed_shop(FEWER)
    settings.published_link.unlink()
    results = GATES["publication"].run(settings, "simulated")
    silent = {r.entry for r in results if r.state == "not applicable"}
    assert silent == COMPARED
    assert {r.state for r in results if r.entry not in silent} == {"passed"}
    assert {"first publication" in r.message for r in results if r.entry in silent} == {
        True
    }


def test_a_share_that_moved_far_stops_and_says_from_where(
    changed_shop: Changed,
) -> None:
    found = drift(changed_shop(FEWER))
    assert (found.state, found.severity) == ("failed", "block")
    assert found.message.startswith(
        "`repeat_buyer` has 5 % of the customers (20 of 400), and had 50 % (200 of 400)"
        " in the last publication; allowed is 9.86 % to 100 %. See in data_quality"
    )


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (
            "update segments.segment_versions set definition_hash = 'other'"
            " where segment_name = 'repeat_buyer'",
            "its rule is another one now",
        ),
        (
            "update segments.segment_versions set model_version = 'v2'"
            " where segment_name = 'repeat_buyer';"
            "update segments.segment_definitions set kind = 'cluster'"
            " where segment_name = 'repeat_buyer';"
            "insert into ml.cluster_changes"
            " select as_of_at + interval 1 second, 'split', 4, 'v2' from staging.as_of",
            "the clusters are others now (cluster_changes)",
        ),
        (
            "update segments.segment_versions set model_version = 'v0'"
            " where segment_name = 'repeat_buyer';"
            "update segments.segment_definitions set kind = 'cluster'"
            " where segment_name = 'repeat_buyer';"
            "insert into ml.cluster_changes"
            " select as_of_at, 'back', 4, 'v0' from staging.as_of",
            "the clusters are others now (cluster_changes)",
        ),
        (
            "update segments.segment_definitions set rule_text ="
            " 'order_count > 1 and not_in_segment(''high_value'')'"
            " where segment_name = 'repeat_buyer';"
            "update segments.segment_versions set definition_hash = 'other'"
            " where segment_name = 'high_value'",
            "what decides its members has changed with `high_value`",
        ),
        (
            "update staging.as_of set as_of_at = as_of_at + interval 8 day;"
            "update features.customer_features"
            " set as_of_at = as_of_at + interval 8 day",
            "the last publication tells of a moment 8 days before",
        ),
    ],
)
def test_a_move_with_a_reason_is_told_and_stops_nothing(
    sql: str, why: str, changed_shop: Changed
) -> None:
    found = drift(changed_shop(FEWER + sql))
    assert (found.state, found.severity) == ("warned", "warn")
    assert found.message.endswith(f"It stops nothing, because {why}.")


@pytest.mark.parametrize(
    "sql",
    [
        "update segments.segment_versions set definition_hash = 'other'"
        " where segment_name = 'new_customer'",
        "update segments.segment_versions set model_version = 'v2'"
        " where segment_name = 'repeat_buyer'",
        "update segments.segment_versions set model_version = 'v2'"
        " where segment_name = 'repeat_buyer';"
        "update segments.segment_definitions set kind = 'cluster'"
        " where segment_name = 'repeat_buyer'",
    ],
    ids=["another rule", "a score that is trained anew", "clusters that are the same"],
)
def test_what_decides_nothing_excuses_nothing(sql: str, changed_shop: Changed) -> None:
    assert drift(changed_shop(FEWER + sql)).state == "failed"


def test_whom_the_rivals_of_a_changed_rule_lose_is_its_doing(
    changed_shop: Changed,
) -> None:
    sql = FAR.format(150) + (
        "'lapsed'; update segments.segment_versions set definition_hash = 'other'"
        " where segment_name = 'repeat_buyer'"
    )
    assert "with `repeat_buyer`" in drift(changed_shop(sql), "lapsed").message


def test_whom_a_rule_claimed_that_is_gone_the_catch_all_has(
    changed_shop: Changed,
) -> None:
    more = FAR.format(300) + "'everyone_else';"
    gone = "".join(
        f"delete from segments.{table} where segment_name = 'dormant';"
        for table in ("segment_definitions", "segment_versions", "segment_summary")
    )
    settings = changed_shop(more)
    assert drift(settings, "everyone_else").state == "failed"
    run_sql(settings.build_path, gone)
    assert drift(settings, "everyone_else").state == "warned"


@pytest.mark.parametrize(("count", "state"), [(15, "passed"), (40, "failed")])
def test_a_small_segment_may_move_as_far_as_chance_does(
    count: int, state: str, changed_shop: Changed
) -> None:
    """Nobody was in `lapsed` before."""
    settings = changed_shop(FAR.format(count) + "'lapsed'")
    results = GATES["publication"].run(settings, "simulated")
    told = {r.entry: r.state for r in results}
    assert told.get("share_drift:lapsed", told.get("share_drift")) == state


def test_a_segment_that_was_not_judged_before_has_not_moved(
    changed_shop: Changed,
) -> None:
    settings = changed_shop(FEWER + "update segments.segment_summary set state = 'no'")
    assert drift(settings).state == "not applicable"


def test_a_mart_of_findings_may_empty(changed_shop: Changed) -> None:
    found = judge(
        "publication marts_filled:identity_review",
        changed_shop("delete from marts.identity_review"),
    )
    assert found.state == "warned"
    assert "`identity_review` is empty, and had 120 rows" in found.message


def test_a_column_of_another_type_and_a_lost_mart_are_told(
    changed_shop: Changed,
) -> None:
    settings = changed_shop(
        "alter table marts.sessions alter event_count type varchar;"
        "drop table marts.carts"
    )
    found = judge("publication columns_kept", settings)
    assert found.observed == "2 marts"
    assert "`event_count` was BIGINT and is VARCHAR" in found.message
    assert "The mart `carts` is gone" in found.message


def test_a_run_that_is_behind_is_warned_of_and_not_compared(
    changed_shop: Changed,
) -> None:
    settings = changed_shop(
        FEWER + "update staging.as_of set as_of_at = as_of_at - interval 1 day"
    )
    told = {r.entry: r for r in GATES["publication"].run(settings, "simulated")}
    assert told["not_behind"].state == "warned"
    assert "readers have 2026-03-01 00:00" in told["not_behind"].message
    assert told["share_drift"].state == "not applicable"


def test_a_broken_publication_is_told_and_stops_nothing(
    changed_shop: Changed,
) -> None:
    settings = changed_shop(FEWER)
    stood = settings.publications_dir.resolve()
    settings.publications_dir.unlink()
    shutil.copytree(stood, settings.publications_dir)
    for database in settings.publications_dir.rglob("tessera.duckdb"):
        database.write_bytes(b"half a file")
    settings.published_link.unlink()
    (folder,) = settings.publications_dir.iterdir()
    settings.published_link.symlink_to(folder)
    told = {r.entry: r for r in GATES["publication"].run(settings, "simulated")}
    assert told["former_read"].state == "warned"
    assert told["share_drift"].state == "not applicable"
    assert told["rows_reconciled"].state == "passed"


def test_one_that_is_of_an_older_shape_is_compared_as_far_as_it_goes(
    changed_shop: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ("segment_summary.of_tomorrow",)
    monkeypatch.setattr("expectations.parts.drift.SUMMARY_COLUMNS", wanted)
    results = GATES["publication"].run(changed_shop(FEWER), "simulated")
    told = {r.entry: r for r in results}
    assert "has no segment_summary.of_tomorrow" in told["share_drift"].message
    assert told["rows_kept"].state == "passed"
