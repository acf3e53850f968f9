"""An older ledger that was put back hands out load numbers a second time."""

from pathlib import Path

from tests.behavior import shop
from tests.behavior.lines import Call, Line
from warehouse.settings import PROJECT_DIR, Settings


def call(load: int) -> Call:
    """A page call that a load of this number brings."""
    moment = f"2019-06-0{load + 1}T00:00:00.000Z"
    return {
        "type": "page",
        "messageId": f"m{load}",
        "anonymousId": "v",
        "timestamp": moment,
        "receivedAt": moment,
        "context": {"page": {"title": f"e{load}"}},
    }


def test_what_lands_under_an_old_number_is_read(tmp_path: Path) -> None:
    settings = Settings(PROJECT_DIR, tmp_path / "data")
    lines = [Line("web", load, call(load)) for load in range(3)]
    for load in range(2):
        shop.land(settings, lines, load)
        shop.build(settings, ["+sessions"])
        if load == 0:
            backup = settings.ledger_path.read_bytes()
    # The newest file sorts first, so that it gets the number that the second had.
    settings.ledger_path.write_bytes(backup)
    shop.land(settings, lines, 2)
    shop.build(settings, ["+sessions"])
    events = shop.table(settings, "staging.stg_web__events")
    assert sorted(event["message_id"] for event in events) == ["m0", "m1", "m2"]
    sessions = shop.table(settings, "behavior.sessions")
    assert sum(session["event_count"] for session in sessions) == 3
    # Nor do the Python models leave behind what they gave back, texts and all.
    assert shop.relations(settings, ["main"]) == []
