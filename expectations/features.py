"""Gate: every customer has one sound row of features now, before a model reads it."""

from expectations.engine.gate import Gate
from expectations.engine.profiles import Bounds
from expectations.engine.rules import NoOffenders, Rule, Standard, WithinBounds
from expectations.engine.shop import Shop
from expectations.parts.acts import RECONCILED, SUPPRESSED_KNOWN

ALL = "features.customer_features"
NOW = "features.customers_now"
TRAINING = "features.training_set"
NO_ROWS = f"""
    select case when (select count(*) from {ALL}) = 0
            and (select count(*) from identity.golden_profiles) = 0
        then 'there are no customers yet' end
"""
REMEDY = "Find the model in models/features that makes the column, and its unit test"
FLOATS = ("DOUBLE", "FLOAT")
WINDOWS = (
    ("activity_24h_count", "activity_90d_count"),
    ("activity_7d_count", "activity_30d_count"),
    ("activity_30d_count", "activity_90d_count"),
    ("activity_90d_count", "activity_count"),
    ("product_view_7d_count", "product_view_30d_count"),
    ("product_view_30d_count", "product_view_count"),
    ("product_view_15m_count", "product_view_48h_count"),
    ("product_view_48h_count", "product_view_count"),
    ("cart_add_7d_count", "cart_add_30d_count"),
    ("cart_add_30d_count", "cart_add_count"),
    ("cart_add_48h_count", "cart_add_count"),
    ("order_30d_count", "order_90d_count"),
    ("order_90d_count", "order_365d_count"),
    ("order_365d_count", "order_count"),
    ("email_open_30d_count", "email_open_count"),
    ("email_click_30d_count", "email_click_count"),
)


def rules(shop: Shop) -> list[Rule]:
    """The columns are read from the table, so a new feature is judged unasked."""
    columns = shop.columns(ALL)
    counts = [name for name in columns if name.endswith("_count")]
    ages = [name for name in columns if name.endswith("_days") or "_since_" in name]
    shares = [name for name in columns if name.endswith(("_share", "_strength"))]
    floats = shop.columns(ALL, *FLOATS)
    moments = [name for name in columns if name.endswith("_at") and name != "as_of_at"]
    return [
        GRAIN,
        ONE_ROW_NOW,
        _offending(
            "keys_known",
            "Every row has its key and moment",
            {
                name: f"{name} is null"
                for name in ("customer_id", "as_of_at", "is_identified")
            },
        ),
        _offending(
            "counts_known",
            "No count is null or negative",
            {name: f"{name} is null or {name} < 0" for name in counts},
        ),
        _offending(
            "ages_not_negative",
            "No age is negative",
            {name: f"{name} < 0" for name in ages},
        ),
        _offending(
            "numbers_finite",
            "No number is infinite or not a number",
            {name: f"isinf({name}) or isnan({name})" for name in floats},
        ),
        _offending(
            "shares_in_range",
            "Every share lies between 0 and 1",
            {name: f"{name} not between 0 and 1" for name in shares},
        ),
        _offending(
            "nothing_from_the_future",
            "No moment lies after the row's own",
            {name: f"{name} > as_of_at" for name in moments},
        ),
        _offending(
            "windows_nested",
            "No window counts more than the longer one",
            {
                short: f"{short} > {long}"
                for short, long in WINDOWS
                if {short, long} <= set(columns)
            },
        ),
        LABELS_KNOWN,
        _negative_revenue(shop.profile.negative_revenue_share),
        RECONCILED,
        SUPPRESSED_KNOWN,
    ]


GRAIN = Standard(
    entry="one_row_per_moment",
    expects="Every customer and moment has one row",
    table=ALL,
    expectation="ExpectCompoundColumnsToBeUnique",
    arguments={"column_list": ["customer_id", "as_of_at"]},
    unless=NO_ROWS,
    remedy="A join in models/features multiplies rows; mind its grain",
)

ONE_ROW_NOW = NoOffenders(
    entry="one_row_now",
    expects="Every golden profile has one row of features at as_of and no other does",
    table=NOW,
    offenders=f"""
        select coalesce(profiles.customer_id, current.customer_id) as customer_id,
            count(current.customer_id) as row_count
        from identity.golden_profiles as profiles
        full join (
            select customer_id from {NOW}
            where as_of_at = (select as_of_at from staging.as_of)
        ) as current on profiles.customer_id = current.customer_id
        group by all
        having count(current.customer_id) <> 1 or count(profiles.customer_id) <> 1
    """,
    unless=NO_ROWS,
    remedy="The spine and golden_profiles disagree: rebuild features after identity",
)


# A label of a window that is still open is a guess, and teaches the model to guess.
LABELS_KNOWN = NoOffenders(
    entry="labels_known",
    expects="Every training row has one label whose 30 days are over",
    table=TRAINING,
    offenders=f"""
        select customer_id, as_of_at, count(*) as row_count from {TRAINING}
        group by customer_id, as_of_at
        having count(*) <> 1 or count(purchased_within_30d) <> 1
            or as_of_at > (select as_of_at - interval 30 day from staging.as_of)
    """,
    unless=f"""
        select case when count(*) = 0 then 'no past moment has labels yet' end
        from {TRAINING}
    """,
    remedy=REMEDY,
)


def _offending(entry: str, expects: str, conditions: dict[str, str]) -> Rule:
    """Rows where any condition holds, with the names of the columns that break it."""
    named = ", ".join(
        f"case when {condition} then '{name}' end"
        for name, condition in conditions.items()
    )
    return NoOffenders(
        entry=entry,
        expects=expects,
        table=ALL,
        offenders=f"""
            select customer_id, as_of_at, offending_columns from (
                select customer_id, as_of_at,
                    concat_ws(' ', null, {named}) as offending_columns
                from {ALL}
            ) where offending_columns <> ''
        """,
        unless=NO_ROWS,
        remedy=REMEDY,
    )


def _negative_revenue(bounds: Bounds) -> Rule:
    return WithinBounds(
        entry="negative_revenue_share",
        expects="Few customers were refunded more than they paid",
        table=NOW,
        measures=f"""
            select null as item,
                avg((net_revenue_amount < 0)::int) as observed, {bounds.sql()},
                case when count(*) = 0 then 'nobody has ordered' end as reason
            from {NOW} where order_count > 0
        """,
        unit="share",
        severity="warn",
        remedy="Refunds of orders that never landed, or a refund counted twice",
    )


GATE = Gate(
    name="features",
    stage="before_ml",
    title="What is known of each customer",
    description=(
        "One row per customer and moment; counts known and never negative, numbers "
        "finite, shares between 0 and 1, nothing from after the moment."
    ),
    rules=rules,
)
