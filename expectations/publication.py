"""Gate: what is about to be published is whole, of one moment, and not unlike the last.

It stops what would mislead readers or break what reads the tables, and warns of what
may be meant: a mart of findings that emptied, a segment that is gone, a clock set back.
"""

from expectations.engine.gate import Gate
from expectations.engine.profiles import quoted
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from expectations.engine.shop import Shop
from expectations.engine.words import number
from expectations.parts.drift import segments_kept, share_drift
from expectations.parts.former_marts import (
    ABOUT,
    columns_kept,
    former_read,
    not_behind,
)
from expectations.parts.row_counts import marts_filled, rows_grown, rows_kept

CUSTOMERS = "features.customers_now"
# By mart, what it has to have a row of each of.
SOURCES = {
    "customers": CUSTOMERS,
    "customers_masked": CUSTOMERS,
    "customer_features": CUSTOMERS,
    "customer_segments": CUSTOMERS,
    "segment_memberships": "segments.segment_memberships",
    "sessions": "behavior.sessions",
    "carts": "behavior.cart_states",
    "email_engagement": "behavior.email_engagement",
    "data_quality": "staging.landed_files",
}


def rules(shop: Shop) -> list[Rule]:
    """Of this publication first, then against the last one."""
    return [
        _moments(shop),
        ROWS_RECONCILED,
        LINES_PUBLISHED,
        former_read(shop.former),
        not_behind(shop.former),
        columns_kept(shop.former),
        marts_filled(shop),
        rows_kept(shop),
        rows_grown(shop),
        share_drift(shop),
        segments_kept(shop.former),
    ]


def _moments(shop: Shop) -> Rule:
    """A mart that was not rebuilt says yesterday's truth under today's name."""
    marts = shop.tables("marts")
    return NoOffenders(
        entry="one_moment",
        expects="Every row of every mart is of this run's moment",
        table=ABOUT,
        offenders=" union all ".join(
            _former_rows(mart, "as_of_at" in shop.columns(f"marts.{mart}"))
            for mart in marts
        ),
        noun="mart",
        remedy="`tessera run` builds all marts of one moment. A mart of your own needs "
        "the column `as_of_at`",
    )


def _former_rows(mart: str, has_moment: bool) -> str:
    if not has_moment:
        return f"select {quoted(f'`{mart}` has no column as_of_at')} as told"
    return f"""
        select {quoted(f"Of `{mart}` ")} || {number("count(*)")}
            || ' rows are of another moment, such as '
            || coalesce(strftime(min(rows.as_of_at), '%Y-%m-%d %H:%M'), 'none') as told
        from marts."{mart}" as rows cross join staging.as_of as moments
        where rows.as_of_at is distinct from moments.as_of_at having count(*) > 0
    """


ROWS_RECONCILED = WithinBounds(
    entry="rows_reconciled",
    expects="Every mart has a row for each thing that it tells of",
    table=ABOUT,
    measures=" union all ".join(
        f"""
        select '{mart}' as item, there.row_count as observed,
            wanted.row_count as minimum, wanted.row_count as maximum, null as reason,
            '`{mart}` has ' || {number("there.row_count")} || ' rows for '
                || {number("wanted.row_count")} || ' of {source}: '
                || {number("abs(there.row_count - wanted.row_count)")}
                || if(there.row_count < wanted.row_count, ' are missing',
                    ' are too many') as told
        from (select count(*) as row_count from marts.{mart}) as there
        cross join (select count(*) as row_count from {source}) as wanted
        """
        for mart, source in SOURCES.items()
    ),
    unit="rows",
    remedy="A join of the mart's model in models/marts loses or repeats rows, or the "
    "two are of different runs: run again",
)

# What arrived after the moment of the run is staged, and not yet history.
BY_NOW = "<= (select as_of_at from staging.as_of)"
# From step to step, what landed is still there: who hands on, and who received.
STEPS = {
    "landed lines": (
        "data_quality",
        "select sum(line_count + erased_count) as row_count from staging.landed_files",
        "select sum(line_count) from marts.data_quality",
    ),
    "accepted web events": (
        "behavior.events",
        f"select count(*) from staging.web_events where received_at {BY_NOW}",
        "select count(*) from behavior.events where source = 'web'",
    ),
    "accepted email events": (
        "behavior.events",
        f"select count(*) from staging.esp_events where received_at {BY_NOW}",
        "select count(*) from behavior.events where source = 'esp'",
    ),
    "events of visitors": (
        "sessions",
        "select count(*) from behavior.events where visitor_id is not null",
        "select sum(event_count) from marts.sessions",
    ),
    "accepted orders": (
        "behavior.orders",
        f"select count(*) from staging.shop_orders where created_at {BY_NOW}",
        "select count(*) from behavior.orders where source = 'shop'",
    ),
}

LINES_PUBLISHED = WithinBounds(
    entry="lines_published",
    expects="What landed and was accepted is found again in what is published",
    table="marts.data_quality",
    measures=" union all ".join(
        f"""
        select '{item}' as item, received as observed, given as minimum,
            given as maximum, null as reason,
            'Of ' || {number("given")} || ' {item}, ' || {number("received")}
                || ' are in {place}: ' || {number("abs(given - received)")}
                || if(received < given, ' are lost', ' are too many') as told
        from (
            select coalesce(({given}), 0) as given,
                coalesce(({received}), 0) as received
        )
        """
        for item, (place, given, received) in STEPS.items()
    ),
    unit="rows",
    remedy="A model that is kept from run to run missed some: "
    "`tessera run --full-refresh` rebuilds all and compares",
)


GATE = Gate(
    name="publication",
    stage="after_ml",
    title="What is to be published",
    description=(
        "Every mart is of this run's moment and has all rows that it should; against "
        "the last publication none lost columns or many rows, and no segment's share "
        "moved far. The first publication is compared with nothing."
    ),
    rules=rules,
)
