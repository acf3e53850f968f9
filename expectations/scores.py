"""Gate: probabilities are probabilities, calibrated, and one for each customer."""

from expectations.engine.gate import Gate, Severity
from expectations.engine.profiles import Bounds
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from expectations.engine.shop import Shop

MODELS = "ml.models"
SCORES = "ml.propensity_scores"
CLUSTERS = "ml.customer_clusters"
NOW = "features.customers_now"
HIGH_PROBABILITY = 0.8


def rules(shop: Shop) -> list[Rule]:
    """Propensity: range, calibration, share, grain. Clusters: grain and size."""
    profile = shop.profile
    return [
        PROBABILITIES_IN_RANGE,
        _one_row("scores", "purchase_30d", SCORES),
        _figure("calibration", "ece", profile.calibration_error, "block"),
        _figure("ranking", "roc_auc", profile.ranking_quality, "warn"),
        _high_probability(profile.high_probability_share),
        _one_row("clusters", "clusters", CLUSTERS),
        _largest_cluster(profile.cluster_share),
    ]


def _untrained(model: str) -> str:
    """SQL: why the newest state of this model leaves nothing to judge, or null."""
    return f"""
        select case
            when count(*) = 0 then 'no {model} model was ever trained'
            when arg_max(state, as_of_at) = 'not_enough_data' then coalesce(
                arg_max(nullif(reason, ''), as_of_at), 'there is too little data'
            )
        end
        from {MODELS} where model_name = '{model}'
    """


PROBABILITIES_IN_RANGE = NoOffenders(
    entry="probabilities_in_range",
    expects="Every probability lies between 0 and 1 and every decile between 1 and 10",
    table=SCORES,
    offenders=f"""
        select customer_id, purchase_30d_probability, score_decile from {SCORES}
        where not coalesce(
            purchase_30d_probability between 0 and 1 and score_decile between 1 and 10,
            false
        )
    """,
    unless=_untrained("purchase_30d"),
    remedy="The model wrote something else than a probability: look at ml/propensity",
)


def _one_row(entry: str, model: str, table: str) -> Rule:
    return NoOffenders(
        entry=f"{entry}_complete",
        expects=f"Every customer has one row of {entry} at as_of and nobody else does",
        table=table,
        offenders=f"""
            select coalesce(customers.customer_id, found.customer_id) as customer_id,
                count(found.customer_id) as row_count
            from {NOW} as customers
            full join (
                select customer_id from {table}
                where as_of_at = (select as_of_at from staging.as_of)
            ) as found on customers.customer_id = found.customer_id
            group by all
            having count(found.customer_id) <> 1 or count(customers.customer_id) <> 1
        """,
        unless=_untrained(model),
        remedy="What ml wrote is of another moment: `tessera run` scores again",
    )


def _figure(entry: str, name: str, bounds: Bounds, severity: Severity) -> Rule:
    """One figure of the model's card, which is judged on a month it has not seen."""
    return WithinBounds(
        entry=entry,
        expects=f"The {name} on the propensity model's card is good enough",
        table=MODELS,
        measures=f"""
            with card as (
                select arg_max(metrics, as_of_at)::json as metrics
                from {MODELS} where model_name = 'purchase_30d'
            )
            select null as item, {bounds.sql()}, coalesce(
                    metrics ->> '$.{name}', metrics ->> '$.metrics.{name}'
                )::double as observed,
                case when observed is null then 'the card holds no {name}' end as reason
            from card
        """,
        severity=severity,
        unless=_untrained("purchase_30d"),
        remedy="See the calibration and the test month on the model's card (ml.models)",
    )


def _high_probability(bounds: Bounds) -> Rule:
    return WithinBounds(
        entry="high_probability_share",
        expects=f"The share of customers above {HIGH_PROBABILITY} is plausible",
        table=SCORES,
        measures=f"""
            select null as item, {bounds.sql()},
                avg((purchase_30d_probability > {HIGH_PROBABILITY})::int) as observed,
                null as reason
            from {SCORES} where as_of_at = (select as_of_at from staging.as_of)
        """,
        unit="share",
        unless=_untrained("purchase_30d"),
        remedy="So many sure buyers point to a leak of the future into the features",
    )


def _largest_cluster(bounds: Bounds) -> Rule:
    return WithinBounds(
        entry="largest_cluster_share",
        expects="The largest cluster leaves room for others",
        table=CLUSTERS,
        measures=f"""
            select null as item, {bounds.sql()},
                max(customer_count) / sum(customer_count) as observed, null as reason
            from (
                select count(*) as customer_count from {CLUSTERS}
                where as_of_at = (select as_of_at from staging.as_of)
                group by cluster_id
            )
        """,
        unit="share",
        severity="warn",
        unless=_untrained("clusters"),
        remedy="One heap and a few outliers: look at the elbow and the features",
    )


GATE = Gate(
    name="scores",
    stage="after_ml",
    title="What the models say",
    description=(
        "Each customer has one probability between 0 and 1, calibrated on a month that "
        "the model has not seen, and one cluster. Without a model: not applicable."
    ),
    rules=rules,
)
