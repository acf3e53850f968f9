"""Keys of a stream that are gone in a file are told, though it declares no columns."""

import json
from collections.abc import Callable
from typing import Any

from tests.behavior import shop
from warehouse.settings import Settings

COUNT = 8
Line = dict[str, Any]
CHANGES = "staging.column_changes"


def web(number: int) -> Line:
    """A call that names its user."""
    moment = f"2025-01-02T10:00:{number % 60:02}.000Z"
    return {
        "type": "track",
        "messageId": f"m{number}",
        "anonymousId": f"device-{number}",
        "userId": f"u{number}",
        "event": "Product Viewed",
        "timestamp": moment,
        "receivedAt": moment,
        "properties": {"product_id": "p", "price": 5},
    }


def mail(number: int) -> Line:
    """An open of a message."""
    return {
        "sg_event_id": f"e{number}",
        "sg_message_id": f"m{number}",
        "event": "open",
        "email": f"p{number}@shop.example",
        "timestamp": 1735812000 + number,
        "received_at": 1735812001 + number,
        "campaign_id": "spring",
    }


def without(line: Line, *keys: str) -> Line:
    return {key: value for key, value in line.items() if key not in keys}


def land(
    settings: Settings, path: str, first: int, line: Callable[[int], Line], *gone: str
) -> None:
    """A file of this many lines, each without some keys."""
    lines = [without(line(first + at), *gone) for at in range(COUNT)]
    file = settings.raw_dir / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")


def changes(settings: Settings) -> list[tuple[str, str, str, int]]:
    """What changed in which file, and what it cost."""
    return sorted(
        (row["path"], row["column_name"], row["change_kind"], row["empty_count"])
        for row in shop.table(settings, CHANGES)
    )


def test_ids_that_are_gone_from_a_file_are_told(settings: Settings) -> None:
    steps: list[list[str]] = [[], ["userId", "messageId"], []]
    for day, gone in enumerate(steps):
        land(settings, f"web/events/{day}.jsonl", day * COUNT, web, *gone)
        fewer = ["sg_message_id"] if gone else []
        land(settings, f"esp/events/{day}.jsonl", day * COUNT, mail, *fewer)
        shop.build(settings, ["+column_changes"])
    wanted = [
        ("esp/events/1.jsonl", "sg_message_id", "emptied", COUNT),
        ("web/events/1.jsonl", "messageId", "emptied", COUNT),
        ("web/events/1.jsonl", "userId", "emptied", COUNT),
    ]
    assert changes(settings) == wanted
    shop.build(settings, ["+column_changes"], full_refresh=True)
    assert changes(settings) == wanted


def test_what_is_set_aside_is_no_missing_key(settings: Settings) -> None:
    land(settings, "web/events/0.jsonl", 0, web)
    land(settings, "web/events/1.jsonl", COUNT, web, "timestamp", "userId")
    shop.build(settings, ["+column_changes"])
    assert changes(settings) == []
