"""What the judge says of a build: the tables that are not as the rules want them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tests.behavior.compare import differences
from tests.behavior.lines import Line
from tests.behavior.oracle import Event, accepted, verdicts
from tests.behavior.oracle_bots import bot_visitors
from tests.behavior.oracle_carts import carts
from tests.behavior.oracle_days import daily_states
from tests.behavior.oracle_email import email_engagement, email_events
from tests.behavior.oracle_events import events_table
from tests.behavior.oracle_sessions import sessions
from tests.behavior.shop import Row, table
from warehouse.settings import Settings

Judge = Callable[[list[Event]], list[Row]]


def judgement(settings: Settings, lines: Sequence[Line]) -> list[str]:
    """One sentence a difference between this build and what the landed lines mean."""
    events = accepted(verdicts(lines), event_ids(settings))
    as_of = max((event.received_at for event in events), default=datetime(1970, 1, 1))
    judges: dict[str, Judge] = {
        "behavior.events": events_table,
        "behavior.sessions": sessions,
        "behavior.carts": lambda events: carts(events, as_of),
        "identity.bot_visitors": bot_visitors,
        "behavior.email_events": email_events,
        "behavior.email_engagement": email_engagement,
        "features.daily_states": daily_states,
    }
    return [
        sentence
        for name, judge in judges.items()
        for sentence in _judged(settings, name, judge(events))
    ]


def _judged(settings: Settings, name: str, wanted: list[Row]) -> list[str]:
    standing = table(settings, name)
    columns = sorted(wanted[0]) if wanted else []
    unknown = set(columns) - set(standing[0] if standing else columns)
    if unknown:
        return [f"{name} has no {', '.join(sorted(unknown))}"]
    return differences(name, standing, wanted, columns)


def event_ids(settings: Settings) -> dict[str, str]:
    """The id that the models gave to each content, by the content's tag."""
    found: dict[str, str] = {}
    for source, column in (("web", "page_title"), ("esp", "user_agent")):
        for row in table(settings, f"staging.stg_{source}__events"):
            tag = _tag(row[column])
            assert tag not in found, f"{tag} is one content and has two ids"
            found[tag] = str(row["event_id"])
    assert len(set(found.values())) == len(found), "two contents share one id"
    return found


def _tag(cell: Any) -> str:
    return str(cell).split()[-1]
