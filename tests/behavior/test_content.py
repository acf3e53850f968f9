"""What makes two calls with one id one event, and what makes them two."""

from pathlib import Path
from typing import Final

import pytest

from tests.behavior import shop
from tests.behavior.lines import Call, Line
from warehouse.settings import PROJECT_DIR, Settings

CALL: Final[Call] = {
    "type": "track",
    "anonymousId": "v",
    "userId": "u",
    "event": "Product Viewed",
    "name": "n",
    "timestamp": "2019-06-02T00:00:00.000Z",
    "receivedAt": "2019-06-02T00:00:01.000Z",
    "sentAt": "2019-06-02T00:00:01.000Z",
    "context": {"page": {"title": "t"}, "library": {"version": "1"}},
    "properties": {"product_id": "p", "color": "red"},
    "traits": {"firstName": "f", "plan": "free"},
    "integrations": {"All": True},
    "version": 2,
}
SAYS_MORE: Final[dict[str, Call]] = {
    "type": {"type": "page"},
    "device": {"anonymousId": "w"},
    "user": {"userId": "w"},
    "event": {"event": "Product Added"},
    "name": {"name": "m"},
    "moment": {"timestamp": "2019-06-02T00:00:00.001Z"},
    "context": {"context": {**CALL["context"], "library": {"version": "2"}}},
    "property": {"properties": {"product_id": "p", "color": "blue"}},
    "trait": {"traits": {"firstName": "f", "plan": "paid"}},
    "no traits": {"traits": None},
    "neighbours": {"event": "Product Viewedn", "name": ""},
}
SAYS_THE_SAME: Final[dict[str, Call]] = {
    "stamps": {
        "receivedAt": "2019-06-03T00:00:00.000Z",
        "sentAt": "2019-06-03T00:00:00.000Z",
    },
    "carrier": {"integrations": {"All": False}, "version": 3, "channel": "server"},
}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """The number of events by message id, each told by `CALL` and by one change."""
    data_dir: Path = tmp_path_factory.mktemp("content") / "data"
    settings = Settings(PROJECT_DIR, data_dir)
    changes = SAYS_MORE | SAYS_THE_SAME
    told = [CALL | {"messageId": name} | change for name, change in changes.items()]
    first = [CALL | {"messageId": name} for name in changes]
    shop.land(settings, [Line("web", 0, call) for call in first + told], 0)
    shop.build(settings, ["+stg_web__events"])
    ids = [
        event["message_id"] for event in shop.table(settings, "staging.stg_web__events")
    ]
    return {name: ids.count(name) for name in changes}


@pytest.mark.parametrize("change", SAYS_MORE)
def test_another_word_makes_another_event(events: dict[str, int], change: str) -> None:
    assert events[change] == 2


@pytest.mark.parametrize("change", SAYS_THE_SAME)
def test_what_carries_a_call_is_no_content(events: dict[str, int], change: str) -> None:
    assert events[change] == 1
