"""Another package's tables of Klaviyo, through the pack `klaviyo`."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.sources.peers import accounts, ask, read, take_in
from warehouse.settings import PROJECT_DIR, Settings

TABLES: Final = {
    "events/event": "event",
    "persons/person": "person",
    "metrics/metric": "metric",
    "campaigns/campaign": "campaign",
    "flows/flow": "flow",
}
# The same events, exported with other names for what is not read.
AGAIN: Final = {"events/event_norename": "event_norename"}


@pytest.fixture(scope="module")
def seeds(shared_data: Path) -> Path:
    """The package's folder."""
    return shared_data / "peer-fivetran-klaviyo" / "seeds"


@pytest.fixture(scope="module")
def settings(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """All five tables, landed and staged."""
    fresh = Settings(PROJECT_DIR, tmp_path_factory.mktemp("klaviyo") / "data")
    for tables in (TABLES, AGAIN):
        files = {place: seeds / f"{name}.csv" for place, name in tables.items()}
        take_in(fresh, "klaviyo", files)
    return fresh


def test_every_row_is_accepted_once(settings: Settings, seeds: Path) -> None:
    wanted = {}
    for place, name in TABLES.items():
        count = len(read(seeds / f"{name}.csv"))
        wanted[place] = [count, count, 0, 0]
    again = len(read(seeds / "event_norename.csv"))
    wanted["events/event_norename"] = [again, 0, again, 0]
    assert accounts(settings) == wanted


def test_emails_are_told_and_the_order_is_kept_apart(
    settings: Settings, seeds: Path
) -> None:
    kinds = Counter(row["type"] for row in read(seeds / "event.csv"))
    assert set(kinds) == {"Received Email", "Placed Order"}
    emails = "select event_name, count(*) from staging.esp_events group by 1"
    assert ask(settings, emails) == [("email_delivered", kinds["Received Email"])]
    others = """select metric_name, event_count, integration_name
        from staging.stg_klaviyo__other_metrics"""
    assert ask(settings, others) == [("Placed Order", kinds["Placed Order"], None)]


def test_events_belong_to_persons_and_campaigns(
    settings: Settings, seeds: Path
) -> None:
    wanted = {
        (row["id"], f"klaviyo:{row['person_id']}", row["campaign_id"] or None)
        for row in read(seeds / "event.csv")
        if row["type"] == "Received Email"
    }
    query = "select source_event_id, subscriber_id, message_id from staging.esp_events"
    assert set(ask(settings, query)) == wanted


def test_persons_are_subscribers(settings: Settings, seeds: Path) -> None:
    accepts = {"": None, "false": False}
    wanted = {
        (f"klaviyo:{row['id']}", row["email"], accepts[row["custom_accepts_marketing"]])
        for row in read(seeds / "person.csv")
    }
    query = "select record_id, email, has_email_consent from staging.esp_subscribers"
    assert set(ask(settings, query)) == wanted
