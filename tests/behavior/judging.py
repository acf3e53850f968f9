"""What the judge says of a build: the tables that are not as the rules want them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from tests.behavior.compare import differences
from tests.behavior.judging_lines import misjudged, misnamed, staged_ids
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


def judgement(
    settings: Settings,
    lines: Sequence[Line],
    *,
    only: Collection[str] = (),
    as_of: datetime | None = None,
) -> list[str]:
    """One sentence a difference between this build and what the landed lines mean.

    `only` names the tables to judge (else all); what arrived after `as_of` is unknown.
    """
    found, staged = verdicts(lines), staged_ids(settings)
    troubles = [*misjudged(settings, found), *misnamed(staged, found)]
    if troubles:
        return troubles
    events = accepted(found, {tag: ids[0] for tag, ids in staged.items()})
    latest = max((event.received_at for event in events), default=datetime(1970, 1, 1))
    clock = as_of or latest
    known = [event for event in events if event.received_at <= clock]
    return [
        sentence
        for name, judge in _judges(clock).items()
        if not only or name in only
        for sentence in _judged(settings, name, judge(known))
    ]


def _judges(as_of: datetime) -> dict[str, Judge]:
    """Who judges which table."""
    return {
        "behavior.events": events_table,
        "behavior.sessions": sessions,
        "behavior.carts": lambda events: carts(events, as_of),
        "identity.bot_visitors": bot_visitors,
        "behavior.email_events": email_events,
        "behavior.email_engagement": email_engagement,
        "features.daily_states": daily_states,
    }


def _judged(settings: Settings, name: str, wanted: list[Row]) -> list[str]:
    standing = table(settings, name)
    columns = sorted(wanted[0]) if wanted else []
    unknown = set(columns) - set(standing[0] if standing else columns)
    if unknown:
        return [f"{name} has no {', '.join(sorted(unknown))}"]
    return differences(name, standing, wanted, columns)
