"""What the judge says of a build: the tables that are not as the rules want them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial

from tests.behavior.compare import differences
from tests.behavior.judging_lines import misjudged, misnamed, staged_ids
from tests.behavior.lines import Line
from tests.behavior.oracle import Event, accepted
from tests.behavior.oracle_bots import bot_visitors
from tests.behavior.oracle_cart_states import cart_states
from tests.behavior.oracle_carts import carts
from tests.behavior.oracle_customers import identity_map, latest
from tests.behavior.oracle_days import daily_states
from tests.behavior.oracle_email import email_engagement, email_events
from tests.behavior.oracle_events import events_table
from tests.behavior.oracle_habits import email_habits
from tests.behavior.oracle_lines import verdicts
from tests.behavior.oracle_orders import orders, refunds, web_orders
from tests.behavior.oracle_sessions import sessions
from tests.behavior.oracle_shop import Shop, shop_of
from tests.behavior.shop import Row, table
from warehouse.ledger import read_ledger
from warehouse.settings import Settings

Judge = Callable[[list[Event]], list[Row]]
JudgeAsOf = Callable[[list[Event], Shop, datetime], list[Row]]
JUDGES: dict[str, Judge] = {
    "behavior.events": events_table,
    "behavior.sessions": sessions,
    "identity.bot_visitors": bot_visitors,
    "behavior.email_events": email_events,
    "behavior.email_engagement": email_engagement,
}
# What these say, they say of the shop's exports too, and as of a moment.
JUDGES_AS_OF: dict[str, JudgeAsOf] = {
    "identity.identity_map": identity_map,
    "behavior.carts": carts,
    "behavior.cart_states": cart_states,
    "behavior.email_habits": email_habits,
    "behavior.orders": orders,
    "behavior.refunds": refunds,
    "behavior.web_orders": web_orders,
    "features.daily_states": daily_states,
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
    shop = shop_of(load_seqs)
    now = as_of or latest(known, shop)
    judges = JUDGES | {
        name: partial(_told_at, judge, shop, now)
        for name, judge in JUDGES_AS_OF.items()
    }
    return [
        sentence
        for name, judge in judges.items()
        if name in (only or judges)
        for sentence in _judged(settings, name, judge(known))
    ]


def _told_at(
    judge: JudgeAsOf, shop: Shop, moment: datetime, events: list[Event]
) -> list[Row]:
    return judge(events, shop, moment)


def _judged(settings: Settings, name: str, wanted: list[Row]) -> list[str]:
    standing = table(settings, name)
    columns = sorted(wanted[0]) if wanted else []
    unknown = set(columns) - set(standing[0] if standing else columns)
    if unknown:
        return [f"{name} has no {', '.join(sorted(unknown))}"]
    return differences(name, standing, wanted, columns)
