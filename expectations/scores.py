"""Gate: probabilities are probabilities, calibrated, and one for each customer."""

from collections.abc import Iterator

from expectations.engine.gate import Gate, Severity
from expectations.engine.profiles import Bounds, Profile
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from expectations.engine.shop import Shop
from expectations.parts import advice, siblings
from expectations.parts.backtests import backtest_drift, backtest_wrong
from expectations.parts.clusters import (
    CLUSTERS,
    largest_cluster,
    silhouette,
)
from expectations.parts.holding import FEATURE_DRIFT, SCORE_DRIFT
from expectations.parts.models import MODELS, card, untrained

SCORES = "ml.propensity_scores"
NOW = "features.customers_now"
# Where the bar of the var `high_value_probability` was put to them.
TOLD = "marts.propensity_scores"
# The low end of the interval first: on few buyers even a perfect model has some error,
# and only what is beyond doubt shall block.
CALIBRATION = "$.intervals.ece[0] $.metrics.ece"


def rules(shop: Shop) -> list[Rule]:
    """Propensity and its siblings: range, calibration, share, grain. Clusters: grain
    and size. Advice: whether it can be shown."""
    profile = shop.profile
    return [
        PROBABILITIES_IN_RANGE,
        _of_a_model("scores", "purchase_30d", SCORES),
        _one_row("scores", "purchase_30d", SCORES),
        _card(
            "calibration",
            "The propensity model's probabilities are calibrated",
            CALIBRATION,
            profile.calibration_error,
            "block",
        ),
        _card(
            "ranking",
            "The propensity model tells buyers from others",
            "$.metrics.roc_auc",
            profile.ranking_quality,
            "warn",
        ),
        _high_probability(profile.high_probability_share),
        FEATURE_DRIFT,
        SCORE_DRIFT,
        backtest_drift(profile),
        backtest_wrong(profile.backtest_error_ceiling),
        *_of_siblings(profile),
        _of_a_model("clusters", "clusters", CLUSTERS),
        _one_row("clusters", "clusters", CLUSTERS),
        largest_cluster(profile.cluster_share),
        silhouette(
            "clusters_distinct",
            "Customers of one cluster resemble each other more than those of the next",
            profile.cluster_silhouette,
            "warn",
        ),
        silhouette(
            "clusters_exist",
            "There are clusters at all and not one cloud cut into parts",
            profile.cluster_silhouette_floor,
            "block",
        ),
        _of_a_model("advice", advice.MODEL, advice.ADVICE),
        _of_a_model("neighbors", advice.MODEL, advice.NEIGHBORS),
        *advice.RULES,
    ]


def _of_siblings(profile: Profile) -> Iterator[Rule]:
    for model, (table, *_) in siblings.SAID.items():
        yield siblings.in_range(model)
        yield _of_a_model(model, model, table)
        yield _one_row(model, model, table)
        yield siblings.holds(model, profile)


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
    unless=untrained("purchase_30d", SCORES),
    remedy="The model wrote something else than a probability: look at ml/propensity",
)


def _of_a_model(entry: str, model: str, table: str) -> Rule:
    return NoOffenders(
        entry=f"{entry}_of_a_model",
        expects=f"The {entry} come from the {model} model that is the champion",
        table=table,
        offenders=f"""
            select model_version, count(*) as row_count from {table} as rows
            where not exists (
                select 1 from {MODELS} as models
                where models.model_name = '{model}' and models.state = 'champion'
                    and models.model_version = rows.model_version
            )
            group by model_version
        """,
        unless=untrained(model, table),
        remedy="ml.models and what its models wrote are of different runs: run again",
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
        unless=untrained(model, table),
        remedy="What ml wrote is of another moment: `tessera run` scores again",
    )


def _card(
    entry: str, expects: str, paths: str, bounds: Bounds, severity: Severity
) -> Rule:
    """A figure of the model's card, which is judged on a month it has not seen.

    `paths` are JSON paths; the first that the card holds is taken.
    """
    found = ", ".join(f"metrics ->> '{path}'" for path in paths.split())
    return WithinBounds(
        entry=entry,
        expects=expects,
        table=MODELS,
        measures=f"""
            with {card("purchase_30d")}
            select null as item, {bounds.sql()},
                coalesce({found}, null)::double as observed,
                case when observed is null then 'the card does not tell' end as reason
            from card
        """,
        severity=severity,
        unless=untrained("purchase_30d", SCORES),
        remedy="See the calibration and the test month on the model's card (ml.models)",
    )


def _high_probability(bounds: Bounds) -> Rule:
    return WithinBounds(
        entry="high_probability_share",
        expects="The share of customers who are very likely to buy is plausible",
        table=TOLD,
        measures=f"""
            select null as item, {bounds.sql()},
                avg(is_high_value::int) as observed, null as reason
            from {TOLD}
        """,
        unit="share",
        unless=untrained("purchase_30d", SCORES),
        remedy="So many sure buyers point to a leak of the future into the features",
    )


GATE = Gate(
    name="scores",
    stage="after_ml",
    title="What the models say",
    description=(
        "Each customer has one probability between 0 and 1, calibrated on a month that "
        "the model has not seen and on what came true since, and one cluster, which "
        "differs from the others; what is recommended can be shown. Customers are like "
        "those at whom models were judged. "
        "Without a model: not applicable."
    ),
    rules=rules,
)
