"""The user ids of a GA4 package's cases: which device is whose.

The peer keeps the last user that a device was seen with. Here every login stays a link
with the moment since when it is known, and `identity_map` says who is one person; on
the peer's case, in which no device has two users, both say the same.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.compiled import fixture
from tests.email.conftest import build, rows
from warehouse.settings import Settings

BEGIN = datetime(2025, 1, 1)


def moment(stamp: str | None) -> datetime:
    """The moment that a stamp of the case stands for."""
    return BEGIN + timedelta(seconds=int(str(stamp)))


@pytest.fixture
def folder(shared_data: Path) -> Path:
    """The folder of the case."""
    return shared_data / "peer-velir-ga4" / "test_stg_Ga4__user_id_mapping"


def test_each_device_has_its_user(folder: Path, settings: Settings) -> None:
    calls = [
        {
            "type": "page",
            "anonymousId": event["client_key"],
            "userId": event["user_id"],
            "timestamp": moment(event["event_timestamp"]).isoformat() + "Z",
            "receivedAt": moment(event["event_timestamp"]).isoformat() + "Z",
        }
        for event in fixture(folder, "mock_stg_ga4__events_csv.csv")
    ]
    file = settings.raw_dir / "web" / "events" / "day.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(call) + "\n" for call in calls), "utf-8")
    build(settings, ["identity_map"], as_of=None)
    query = """
        select identifier_value, record_id, known_since_at from identity.identifiers
        where identifier_type = 'user_id' order by record_id
    """
    expected = fixture(folder, "expected_csv.csv")
    assert rows(settings, query) == [
        (
            row["last_seen_user_id"],
            f"web:{row['client_key']}",
            moment(row["last_seen_user_id_timestamp"]),
        )
        for row in expected
    ]
    whose = dict(
        rows(settings, "select record_id, customer_id from identity.identity_map")
    )
    assert len(whose) == 5
    assert whose["web:c1"] == whose["web:c2"]
    assert len(set(whose.values())) == 4
