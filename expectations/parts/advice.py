"""Advice that can be shown: everybody has some, in order, of what can be bought."""

from expectations.engine.rules import NoOffenders, Rule
from expectations.parts.models import untrained

ADVICE = "ml.product_recommendations"
NEIGHBORS = "ml.product_neighbors"
MODEL = "recommendations"
REMEDY = "Look at ml/recommending, and at models/features/products_now.sql"
# What must not be shown to anybody, and why.
FORBIDDEN = """forbidden as (
    select product_id, case
        when is_suppressed then 'suppressed' when not is_available then 'not there'
    end as reason
    from features.products_now where is_suppressed or not is_available
)"""


def _rule(entry: str, expects: str, offenders: str, table: str = ADVICE) -> Rule:
    return NoOffenders(
        entry=entry,
        expects=expects,
        table=table,
        offenders=offenders,
        unless=untrained(MODEL, ADVICE),
        remedy=REMEDY,
    )


# Who bought everything lately that there is has nothing left: that is no gap.
COMPLETE = _rule(
    "advice_complete",
    "Every customer is advised, up to the number of the rules, and nobody else is",
    f"""
        with {FORBIDDEN}, found as (
            select customer_id, count(*) as row_count from {ADVICE}
            where as_of_at = (select as_of_at from staging.as_of) group by customer_id
        ), bought as (
            select customer_id, count(distinct product_id) as product_count
            from features.product_interactions where kind = 'bought'
            group by customer_id
        ), shown as (
            select count(distinct product_id) as product_count
            from features.product_interactions
            where product_id not in (select product_id from forbidden)
        )
        select coalesce(customers.customer_id, found.customer_id) as customer_id,
            found.row_count
        from features.advised_customers as customers
        full join found on customers.customer_id = found.customer_id
        left join bought on customers.customer_id = bought.customer_id
        cross join shown cross join features.recommendation_rules as rules
        where customers.customer_id is null
            or found.row_count > rules.recommendations_per_customer
            or found.customer_id is null
                and shown.product_count > coalesce(bought.product_count, 0)
    """,
)


def _ranked(entry: str, table: str, key: str, shown: str) -> Rule:
    return _rule(
        entry,
        f"In {table} ranks go from 1 without a gap, scores fall, and nothing is twice",
        f"""
            select {key}, rank, {shown}, score from (
                select *,
                    row_number() over (partition by {key} order by rank) as place,
                    lag(score) over (partition by {key} order by rank) as score_before,
                    count(*) over (partition by {key}, {shown}) as copy_count
                from {table}
            )
            where not coalesce(rank = place and copy_count = 1 and isfinite(score)
                and coalesce(score <= score_before, rank = 1), false)
        """,
        table,
    )


ALLOWED = _rule(
    "advice_allowed",
    "Nobody is shown what is unknown, not there, suppressed or was just bought",
    f"""
        with {FORBIDDEN}, just_bought as (
            select distinct customer_id, product_id, 'just bought' as reason
            from features.product_interactions as acts
            cross join features.recommendation_rules as rules
            cross join staging.as_of as moments
            where kind = 'bought'
                and occurred_at > moments.as_of_at - to_days(rules.just_bought_days)
        )
        select advice.customer_id, advice.product_id,
            coalesce(forbidden.reason, just_bought.reason, 'unknown') as reason
        from {ADVICE} as advice
        left join forbidden on advice.product_id = forbidden.product_id
        left join just_bought on advice.customer_id = just_bought.customer_id
            and advice.product_id = just_bought.product_id
        where forbidden.reason is not null or just_bought.reason is not null
            or advice.product_id not in (select product_id from features.products_now)
    """,
)
NEIGHBORS_ALLOWED = _rule(
    "neighbors_allowed",
    "No product has as a neighbour itself, or what is unknown, not there or suppressed",
    f"""
        with {FORBIDDEN}
        select product_id, neighbor_product_id from {NEIGHBORS}
        where product_id = neighbor_product_id
            or neighbor_product_id in (select product_id from forbidden)
            or neighbor_product_id not in (
                select product_id from features.products_now
            )
    """,
    NEIGHBORS,
)
RANKED = _ranked("advice_ranked", ADVICE, "customer_id", "product_id")
NEIGHBORS_RANKED = _ranked(
    "neighbors_ranked", NEIGHBORS, "product_id", "neighbor_product_id"
)
RULES = (COMPLETE, RANKED, ALLOWED, NEIGHBORS_RANKED, NEIGHBORS_ALLOWED)
