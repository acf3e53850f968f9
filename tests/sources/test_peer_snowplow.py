"""What other packages expect of Snowplow's events, through the pack `snowplow`."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from tests.behavior import shop
from warehouse.settings import PROJECT_DIR, Settings

NEW_YORK: Final = ZoneInfo("America/New_York")
SNOWPLOW: Final = {"sources": ["snowplow"]}
SUITE: Final = "peer-dbtlabs-snowplow/seeds"
FRACTRIBUTION: Final = "peer-snowplow-fractribution/data"
# Google's groups by the names that the other package gives them.
CHANNELS: Final = {
    "Direct": "Direct",
    "Organic_Search": "Organic Search",
    "Paid_Search_Other": "Paid Search",
    "Referral": "Referral",
    "Video": "Organic Video",
    "Unmatched_Channel": "Affiliates",
}
# Theirs begins a session when the tracker names a new one, ours after half an hour
# without an event: the tracker's number is reset with its cookie, and other sources
# have none. So what they see as two sessions within 40 seconds is one.
MERGED: Final = {"user_3_session_1", "user_3_session_2"}
# Ours is the device's own moment where the derived one is within a minute of it: a
# retry is collected anew and derives another, the device's own stays. One page view
# differs.
DEVICES_OWN: Final = {datetime(2018, 1, 1, 12, 0, 2): datetime(2018, 1, 1, 12, 0, 1)}
# Google counts quora.com among social sites. And of a page view and a checkout in the
# same second the id decides which opens the session: here it is the checkout, which
# says nothing of an origin.
CHANNELS_APART: Final = {
    ("snowplow:f0008275880593050809", datetime(2022, 6, 22, 12, 22, 46)): (
        "Referral",
        "Organic Social",
    ),
    ("snowplow:f0006911334202687206", datetime(2022, 7, 19, 5, 26, 51)): (
        "Organic Search",
        "Direct",
    ),
}
Row = dict[str, str]


@pytest.fixture(scope="module")
def batches(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The suite's two batches, each landed and built by itself."""
    settings = Settings(PROJECT_DIR, tmp_path_factory.mktemp("suite") / "data")
    for number, name in enumerate(("sp_event", "sp_event_update")):
        rows = read(shared_data / SUITE / "event" / f"{name}.csv")
        land(settings, number, rows)
        shop.build(settings, ["+session_channels", "+identity_map"], variables=SNOWPLOW)
    return settings


@pytest.fixture(scope="module")
def visits(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The raw events of the other package, landed at once."""
    settings = Settings(PROJECT_DIR, tmp_path_factory.mktemp("visits") / "data")
    folder = shared_data / FRACTRIBUTION / "source"
    land(settings, 0, read(folder / "snowplow_fractribution_events.csv"))
    shop.build(settings, ["+session_channels"], variables=SNOWPLOW)
    return settings


def read(path: Path) -> list[Row]:
    """The rows of a fixture; where a seed says NULL, nothing stands."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    nothing = ("NULL", "null")
    return [
        {name: "" if value in nothing else value for name, value in row.items()}
        for row in rows
    ]


def land(settings: Settings, number: int, rows: list[Row]) -> None:
    """Put the rows into the raw folder as one file."""
    path = settings.raw_dir / f"snowplow/events/batch_{number}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def told(row: Row, column: str) -> datetime:
    """A moment of the suite, which speaks New York's time, as ours: UTC, zoneless."""
    local = datetime.strptime(row[column], "%Y-%m-%d %H:%M:%S").replace(tzinfo=NEW_YORK)
    moment = local.astimezone(UTC).replace(tzinfo=None)
    return DEVICES_OWN.get(moment, moment)


def expected(shared_data: Path, name: str) -> list[Row]:
    """The rows that the suite expects."""
    return read(shared_data / SUITE / "expected" / f"snowplow_{name}_expected.csv")


def test_page_views_are_those_of_the_suite(
    batches: Settings, shared_data: Path
) -> None:
    ours = Counter(
        (
            row["visitor_id"],
            row["occurred_at"],
            row["user_id"] or "",
            row["campaign_source"] or "",
            row["campaign_medium"] or "",
            row["campaign_name"] or "",
        )
        for row in shop.table(batches, "staging.web_events")
        if row["event_name"] == "page_viewed"
    )
    theirs = Counter(
        (
            f"snowplow:{row['user_snowplow_domain_id']}",
            told(row, "page_view_start"),
            row["user_custom_id"],
            row["marketing_source"],
            row["marketing_medium"],
            row["marketing_campaign"],
        )
        for row in expected(shared_data, "page_views")
    )
    assert ours == theirs


def test_sessions_are_those_of_the_suite(batches: Settings, shared_data: Path) -> None:
    ours = Counter(
        (
            row["visitor_id"],
            row["started_at"],
            row["ended_at"],
            bare(row["landing_url"]),
            bare(row["referrer"]),
            row["campaign_source"] or "",
            row["campaign_medium"] or "",
            row["campaign_name"] or "",
        )
        for row in shop.table(batches, "behavior.sessions")
        if row["visitor_id"] != "snowplow:domain_userid_3"
    )
    theirs = Counter(
        (
            f"snowplow:{row['user_snowplow_domain_id']}",
            told(row, "session_start"),
            told(row, "session_end"),
            row["first_page_url"].removesuffix("/"),
            row["referer_url"].removesuffix("/"),
            row["marketing_source"],
            row["marketing_medium"],
            row["marketing_campaign"],
        )
        for row in expected(shared_data, "sessions")
        if row["session_id"] not in MERGED
    )
    assert ours == theirs


def bare(url: str | None) -> str:
    """The host of an address: the suite's own model leaves out where on it."""
    return (url or "").partition("://")[2].partition("/")[0]


def test_two_sessions_within_half_an_hour_are_one(
    batches: Settings, shared_data: Path
) -> None:
    theirs = [
        row for row in expected(shared_data, "sessions") if row["session_id"] in MERGED
    ]
    (ours,) = (
        row
        for row in shop.table(batches, "behavior.sessions")
        if row["visitor_id"] == "snowplow:domain_userid_3"
    )
    assert len(theirs) == 2
    assert ours["started_at"] == min(told(row, "session_start") for row in theirs)
    assert ours["ended_at"] == max(told(row, "session_end") for row in theirs)


def test_a_login_names_the_visits_before_it(
    batches: Settings, shared_data: Path
) -> None:
    """The suite infers a visitor's user from all its visits; so does identity."""
    rows = shop.table(batches, "identity.identity_map")
    customers = {row["record_id"]: row["customer_id"] for row in rows}
    users: dict[str, set[str]] = {}
    for row in expected(shared_data, "sessions"):
        visitor = f"snowplow:{row['user_snowplow_domain_id']}"
        users.setdefault(customers[visitor], set()).add(row["inferred_user_id"])
    assert all(len(inferred) == 1 for inferred in users.values())
    assert len(users) == 4


def test_batches_come_to_what_a_full_refresh_makes(batches: Settings) -> None:
    rebuilt = shop.rebuilt(batches, SNOWPLOW)
    for name in ("staging.web_events", "behavior.sessions"):
        rows, anew = shop.table(batches, name), shop.table(rebuilt, name)
        assert shop.counted(rows, list(rows[0])) == shop.counted(anew, list(rows[0]))


def test_every_visit_of_the_other_package_is_a_session(
    visits: Settings, shared_data: Path
) -> None:
    """Each of their visits begins in one of ours; all but two begin one."""
    ours = shop.table(visits, "behavior.sessions")
    begun = {(row["visitor_id"], row["started_at"]) for row in ours}
    theirs = [visit for visit, _ in their_visits(shared_data)]
    assert len(theirs) == len(set(theirs)) == 97
    assert begun < set(theirs)
    for visitor, moment in set(theirs) - begun:
        within = [
            row
            for row in ours
            if row["visitor_id"] == visitor
            and row["started_at"] < moment <= row["ended_at"]
        ]
        assert len(within) == 1
    assert len(theirs) - len(begun) == 2


def test_their_channels_are_ours(visits: Settings, shared_data: Path) -> None:
    started = {
        row["session_id"]: (row["visitor_id"], row["started_at"])
        for row in shop.table(visits, "behavior.sessions")
    }
    ours = {
        started[row["session_id"]]: row["channel"]
        for row in shop.table(visits, "behavior.session_channels")
    }
    theirs = {visit: CHANNELS[channel] for visit, channel in their_visits(shared_data)}
    differing = {
        visit: (theirs[visit], ours[visit])
        for visit in ours
        if theirs[visit] != ours[visit]
    }
    assert differing == CHANNELS_APART


def their_visits(
    shared_data: Path,
) -> Iterator[tuple[tuple[str, datetime], str]]:
    """Whose visit began when, through which channel; they put an f before the ids."""
    name = "snowplow_fractribution_sessions_by_customer_id_expected.csv"
    for row in read(shared_data / FRACTRIBUTION / "expected" / name):
        visitor = "snowplow:" + row["customer_id"].removeprefix("f")
        yield (
            (visitor, datetime.fromisoformat(row["visit_start_tstamp"])),
            row["channel"],
        )
