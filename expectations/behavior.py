"""Gate: visits, orders and stages are whole: nothing counted twice, nothing lost."""

from expectations.engine.gate import Gate
from expectations.engine.profiles import Bounds
from expectations.engine.rules import NoOffenders, Rule, Standard, WithinBounds
from expectations.engine.shop import Shop, silent

SESSIONS = "behavior.sessions"
ORDERS = "behavior.orders"
STAYS = "lifecycle.lifecycle_history"
PROFILES = "identity.golden_profiles"
AS_OF = "(select as_of_at from staging.as_of)"
NOBODY = f"""
    select case when (select count(*) from {PROFILES}) = 0
            and (select count(*) from {STAYS}) = 0
        then 'there are no customers yet' end
"""
# A share of fewer orders says little.
JUDGED_FROM_ORDERS = 100


def rules(shop: Shop) -> list[Rule]:
    """Visits and orders, then the stages that are made of them."""
    profile = shop.profile
    return [
        SESSIONS_APART,
        SESSIONS_WHOLE,
        ORDERS_ONCE,
        ORDERS_SENSIBLE,
        _unknown_orders(profile.unknown_order_share),
        _bots(profile.bot_share),
        STAYS_TILE,
        EVERYBODY_IN_A_STAGE,
        TRANSITIONS_WHOLE,
    ]


SESSIONS_APART = NoOffenders(
    entry="sessions_apart",
    expects="No session ends before it starts or runs into the next of its visitor",
    table=SESSIONS,
    offenders=f"""
        select session_id, started_at, ended_at, next_at from (
            select session_id, started_at, ended_at, lead(started_at) over (
                partition by visitor_id order by started_at, session_id
            ) as next_at
            from {SESSIONS}
        )
        where started_at is null or ended_at is null or ended_at < started_at
            or next_at <= ended_at
    """,
    unless=silent("web", "events"),
    remedy="A late event was not merged into its neighbours: `tessera run "
    "--full-refresh`, and report what landed before it",
)

SESSIONS_WHOLE = NoOffenders(
    entry="sessions_whole",
    expects="The sessions have every event of every visitor, and each once",
    table=SESSIONS,
    offenders=f"""
        select counted, told from (
            select coalesce(sum(event_count), 0) as counted from {SESSIONS}
        )
        cross join (
            select count(*) as told from behavior.events
            where source = 'web' and visitor_id is not null
        )
        where counted <> told
    """,
    unless=silent("web", "events"),
    remedy="sessions is older than events: `tessera run --full-refresh`",
)

ORDERS_ONCE = Standard(
    entry="orders_once",
    expects="Every order has a key of its own",
    table=ORDERS,
    expectation="ExpectColumnValuesToBeUnique",
    arguments={"column": "order_key"},
    remedy="An order was joined to more than one of something: look at orders.sql",
)

ORDERS_SENSIBLE = NoOffenders(
    entry="orders_sensible",
    expects="Every order has its moment, lies not ahead, and is refunded for nothing",
    table=ORDERS,
    offenders=f"""
        select order_key, ordered_at, refunded_amount from {ORDERS}
        where ordered_at is null or refunded_amount < 0
            or ordered_at > {AS_OF} + (select clock_tolerance from staging.as_of)
    """,
    remedy="Staging sets wrong clocks and amounts aside: find what got past it",
)


def _unknown_orders(bounds: Bounds) -> Rule:
    """Of the days that the export speaks of; such an order counts by what the web says.

    Where the shop knows it under an id that is spelled otherwise, it counts twice.
    """
    return WithinBounds(
        entry="unknown_order_share",
        expects="The shop knows the ids of the orders that were told on the web",
        table="behavior.orders",
        measures=f"""
            with exported as (
                select order_id, created_at from staging.shop_orders
            ),
            told as (
                select distinct order_id from behavior.orders
                where source = 'web'
                    and ordered_at >= (select min(created_at) from exported)
                    and ordered_at <= (select max(created_at) from exported)
            )
            select null as item, avg((exported.order_id is null)::int) as observed,
                {bounds.sql()},
                case when count(*) < {JUDGED_FROM_ORDERS}
                    then 'fewer than {JUDGED_FROM_ORDERS} orders were told on the web'
                end as reason
            from told left join (select distinct order_id from exported) as exported
                on told.order_id = exported.order_id
        """,
        unit="share",
        severity="warn",
        unless=silent("shop", "orders"),
        remedy="Do web and shop spell an order's id alike (`1001`, `#1001`)? An order "
        "of two spellings counts twice: spell one like the other before it lands",
    )


def _bots(bounds: Bounds) -> Rule:
    return WithinBounds(
        entry="bot_share",
        expects="The share of web events by bots is plausible",
        table="behavior.events",
        measures=f"""
            select null as item, avg(is_bot::int) as observed, {bounds.sql()},
                null as reason
            from behavior.events where source = 'web'
        """,
        unit="share",
        severity="warn",
        unless=silent("web", "events"),
        remedy="A new robot, or an entry in the list of agents that catches people",
    )


STAYS_TILE = NoOffenders(
    entry="stays_tile",
    expects="The stages of a customer follow one another without gap or overlap",
    table=STAYS,
    offenders=f"""
        select customer_id, entered_at, left_at, next_at from (
            select *,
                lead(entered_at) over history as next_at,
                lag(lifecycle_stage) over history as stage_before
            from {STAYS}
            window history as (partition by customer_id order by entered_at)
        )
        where entered_at is null or entered_at > {AS_OF}
            or left_at is distinct from next_at or left_at <= entered_at
            or stage_before is distinct from former_stage
            or stage_before = lifecycle_stage
    """,
    unless=NOBODY,
    remedy="Look at the ends in models/lifecycle/lifecycle_history.sql",
)

EVERYBODY_IN_A_STAGE = NoOffenders(
    entry="everybody_in_a_stage",
    expects="Every customer is in one stage now, and nobody else is",
    table=STAYS,
    offenders=f"""
        select coalesce(profiles.customer_id, stays.customer_id) as customer_id,
            count(stays.customer_id) as stage_count
        from {PROFILES} as profiles
        full join (select * from {STAYS} where left_at is null) as stays
            on profiles.customer_id = stays.customer_id
        group by all
        having count(stays.customer_id) <> 1 or count(profiles.customer_id) <> 1
    """,
    unless=NOBODY,
    remedy="lifecycle_history is older than golden_profiles: rebuild models/lifecycle",
)

TRANSITIONS_WHOLE = NoOffenders(
    entry="transitions_whole",
    expects="The transitions to each moment count every customer known by then",
    table="lifecycle.lifecycle_transitions",
    offenders=f"""
        with begun as (
            select min(entered_at) as began_at from {STAYS} group by customer_id
        ),
        counted as (
            select to_at, sum(customer_count) as customer_count
            from lifecycle.lifecycle_transitions group by to_at
        )
        select to_at, max(customer_count) as customer_count, count(*) as known_count
        from counted inner join begun on began_at <= to_at
        group by to_at having max(customer_count) <> count(*)
    """,
    unless=NOBODY,
    remedy="Look at models/lifecycle/stage_moves.sql and lifecycle_transitions.sql",
)


GATE = Gate(
    name="behavior",
    stage="before_ml",
    title="What people did",
    description=(
        "Sessions hold every event once, orders count once, and the stages of every "
        "customer tile the time from the first event to now."
    ),
    rules=rules,
)
