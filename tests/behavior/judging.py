"""What the judge says of a build: the tables that are not as the rules want them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from tests.behavior.compare import differences
from tests.behavior.exports import known_prices
from tests.behavior.judging_lines import misjudged, misnamed, staged_ids
from tests.behavior.lines import Line
from tests.behavior.oracle import Event, accepted
from tests.behavior.oracle_bots import bot_visitors
from tests.behavior.oracle_carts import carts
from tests.behavior.oracle_days import daily_states
from tests.behavior.oracle_email import email_engagement, email_events
from tests.behavior.oracle_events import events_table
from tests.behavior.oracle_lines import verdicts
from tests.behavior.oracle_sessions import sessions
from tests.behavior.shop import Row, table
from warehouse.ledger import read_ledger
from warehouse.settings import Settings

JUDGES: dict[str, Callable[[list[Event]], list[Row]]] = {
    "behavior.events": events_table,
    "behavior.sessions": sessions,
    "behavior.carts": carts,
    "identity.bot_visitors": bot_visitors,
    "behavior.email_events": email_events,
    "behavior.email_engagement": email_engagement,
}


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
    load_seqs = {file.path: file.load_seq for file in read_ledger(settings)}
    found, staged = verdicts(lines, load_seqs), staged_ids(settings)
    troubles = [*misjudged(settings, found), *misnamed(staged, found)]
    if troubles:
        return troubles
    events = accepted(found, {tag: ids[0] for tag, ids in staged.items()})
    known = [event for event in events if as_of is None or event.received_at <= as_of]
    prices = known_prices(load_seqs)
    judges = JUDGES | {"features.daily_states": lambda told: daily_states(told, prices)}
    return [
        sentence
        for name, judge in judges.items()
        if not only or name in only
        for sentence in _judged(settings, name, judge(known))
    ]


def _judged(settings: Settings, name: str, wanted: list[Row]) -> list[str]:
    standing = table(settings, name)
    columns = sorted(wanted[0]) if wanted else []
    unknown = set(columns) - set(standing[0] if standing else columns)
    if unknown:
        return [f"{name} has no {', '.join(sorted(unknown))}"]
    return differences(name, standing, wanted, columns)
