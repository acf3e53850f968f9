"""The siblings of propensity: each says something of everybody, and about the right."""

from expectations.engine.profiles import Profile
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from expectations.parts.models import MODELS, card, untrained

# What each says: its table, the column, and the highest value that makes sense.
SAID = {
    "purchase_7d": ("ml.propensity_7d_scores", "probability", "1"),
    "purchase_90d": ("ml.propensity_90d_scores", "probability", "1"),
    "churn": ("ml.churn_scores", "probability", "1"),
    "order_value": ("ml.order_value_amounts", "next_order_value_amount", "'inf'"),
}
AMOUNT = "order_value"


def in_range(model: str) -> Rule:
    """A probability lies between 0 and 1, and an amount is one."""
    table, column, most = SAID[model]
    return NoOffenders(
        entry=f"{model}_in_range",
        expects=f"Whatever the model {model} says can be",
        table=table,
        offenders=f"""
            select customer_id, {column} from {table}
            where not coalesce({column} >= 0 and {column} <= {most}::double
                and isfinite({column}), false)
        """,
        unless=untrained(model, table),
        remedy="The model wrote something else than it should: look at ml/",
    )


def holds(model: str, profile: Profile) -> Rule:
    """What its card says of a month that it had not seen; it warns.

    Beyond the bound of its ECE no new version takes a place.
    """
    is_amount = model == AMOUNT
    bounds = profile.order_value_skill if is_amount else profile.calibration(model)
    path = "$.metrics.skill" if is_amount else "$.metrics.ece"
    low_end = "null" if is_amount else "metrics ->> '$.intervals.ece[0]'"
    what = "errs no more than the shop's mean" if is_amount else "is calibrated"
    return WithinBounds(
        entry=f"{model}_holds",
        expects=f"The model {model} {what}",
        table=MODELS,
        measures=f"""
            with {card(model)}
            select null as item, {bounds.sql()},
                coalesce({low_end}, metrics ->> '{path}')::double as observed,
                case when observed is null then 'the card does not tell' end as reason
            from card
        """,
        severity="warn",
        unless=untrained(model, SAID[model][0]),
        remedy="See the test month on the model's card (ml.models)",
    )
