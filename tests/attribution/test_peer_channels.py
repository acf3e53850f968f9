"""The cases of a GA4 package's unit tests, as far as their subject is here.

Cases that have no counterpart here, and why:

- derived_session_properties, derived_user_properties: columns that a user of that
  package makes of GA4 event parameters by configuration. Events here have one
  vocabulary.
- page_conversions, session_conversions_daily: counts of event names that are configured
  as conversions, by page and day. Conversions here are orders (`sessions.order_count`).
- users_first_last_events: place and device of a user's first and last event. Sessions
  keep those of their first event; a customer's place comes from the profile.
- events (the JSON pair and the keys): GA4's nested export and that package's own
  hashes; of `events` the host and the query of a page are tested below.
- of last-non-direct: content and term, which sessions do not keep.
"""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest

from tests.compiled import asked, fixture, rendered, run, tables
from warehouse.connection import connect

# GA4 asks for a paid medium, and the row has none. The peer's own test compares the
# answers without their rows, so that it passes although its macro says otherwise here.
AGAINST_GA4 = {"alibaba": "Organic Shopping"}


@pytest.fixture
def peer(shared_data: Path) -> Path:
    """The folder of the cases."""
    return shared_data / "peer-velir-ga4"


def answers(rows: list[dict[str, str | None]], *calls: str) -> list[tuple[object, ...]]:
    """What calls of macros say about each row, in the order of the rows."""
    columns = list(rows[0])
    given = pa.table(
        {name: pa.array([row[name] for row in rows], pa.string()) for name in columns}
        | {"number": list(range(len(rows)))}
    )
    said = ", ".join(rendered(call) for call in calls)
    with connect() as database:
        database.register("given", given)
        return database.execute(f"select {said} from given order by number").fetchall()


def test_every_tagged_visit_has_its_channel(peer: Path) -> None:
    folder = peer / "test_macro_default_channel_grouping"
    rows = fixture(folder, "traffic_with_expected_channel.csv")
    kinds = fixture(peer, "ga4_source_categories.csv")
    known = {
        str(row["source"]): str(row["source_category"]).split("_")[-1].lower()
        for row in kinds
    }
    given = [{**row, "category": known.get(row["source"] or "")} for row in rows]
    call = "default_channel_group('source', 'medium', 'campaign', 'category')"
    said = [channel for (channel,) in answers(given, call)]
    expected = [
        AGAINST_GA4.get(row["source"] or "", row["expected_channel"]) for row in rows
    ]
    assert said == expected
    assert set(said) == {row["expected_channel"] for row in rows}
    assert len(said) == 30


def test_the_seed_knows_every_source_of_the_peer(peer: Path) -> None:
    with tables({}) as database:
        ours = {
            row["source"]: row["category"]
            for row in asked(database, "from reference.source_categories")
        }
    for row in fixture(peer, "ga4_source_categories.csv"):
        kind = str(row["source_category"]).removeprefix("SOURCE_CATEGORY_").lower()
        assert ours[str(row["source"]).lower()] == kind


def test_parameters_are_found(peer: Path) -> None:
    folder = peer / "test_macro_extract_query_parameter_value"
    expected = fixture(folder, "expected_csv.csv")
    calls = [f"query_parameter('url', '{name}')" for name in expected[0]]
    said = answers(fixture(folder, "urls_to_test_csv.csv"), *calls)
    assert said == [tuple(row.values()) for row in expected]


def test_parameters_are_left_out(peer: Path) -> None:
    folder = peer / "test_macro_exclude_query_parameters"
    call = "without_query_parameters('url', ['param_to_exclude'])"
    said = answers(fixture(folder, "urls_to_test_csv.csv"), call)
    assert said == [(row["url"],) for row in fixture(folder, "expected_csv.csv")]


def test_a_query_is_taken_apart(peer: Path) -> None:
    folder = peer / "test_stg_ga4__event_to_query_string_params"
    events = fixture(folder, "PARAMS_CSV.csv")
    said = answers(events, "query_parameters('page_query_string')")
    found = [
        (event["event_key"], part["name"], part["value"])
        for event, (parts,) in zip(events, said, strict=True)
        for part in cast("list[dict[str, str]]", parts)
    ]
    assert found == [tuple(row.values()) for row in fixture(folder, "EXPECTED_CSV.csv")]


def test_a_page_has_its_host_and_query(peer: Path) -> None:
    folder = peer / "test_stg_ga4__events"
    events = fixture(folder, "mock_base_ga4__events_csv.csv")
    said = answers(events, "url_host('page_location')", "url_query('page_location')")
    expected = fixture(folder, "expected_csv.csv")
    assert said == [
        (row["page_hostname"], row["page_query_string"]) for row in expected
    ]


def test_a_direct_visit_follows_the_last_other_one(
    peer: Path, compile_dir: Path
) -> None:
    folder = peer / "test_stg_ga4__sessions_traffic_sources_last_non_direct_daily"
    given = fixture(folder, "mock_stg_ga4__sessions_traffic_sources_daily_csv.csv")
    begin = datetime(1970, 1, 1)
    sources = {
        "session_id": [row["session_partition_key"] for row in given],
        "visitor_id": [row["client_key"] for row in given],
        "started_at": [
            begin + timedelta(seconds=int(str(row["session_partition_timestamp"])))
            for row in given
        ],
        "landing_page": pa.nulls(len(given), pa.string()),
        "traffic_source": [row["session_source"] for row in given],
        "traffic_medium": [row["session_medium"] or "(none)" for row in given],
        "traffic_campaign": [row["session_campaign"] for row in given],
        "referrer_category": pa.nulls(len(given), pa.string()),
    }
    with tables({"behavior.session_sources": pa.table(sources)}) as database:
        run(compile_dir, database, ["session_channels"])
        said = asked(database, "from behavior.session_channels order by session_id")
    expected = fixture(folder, "expected_csv.csv")
    assert [
        (
            row["last_non_direct_session_id"],
            row["last_non_direct_source"],
            row["last_non_direct_medium"],
            row["last_non_direct_campaign"],
        )
        for row in said
    ] == [
        (
            row["session_partition_key_last_non_direct"],
            row["last_non_direct_source"],
            row["last_non_direct_medium"],
            row["last_non_direct_campaign"],
        )
        for row in expected
    ]
    assert Counter(row["channel"] for row in said) == {"Direct": 2, "Unassigned": 2}
    assert {row["last_non_direct_channel"] for row in said} == {"Unassigned"}
