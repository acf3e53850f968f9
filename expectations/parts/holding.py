"""Whether models hold since they were judged: drift, and what came true of scores."""

from expectations.engine.profiles import Bounds
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from expectations.engine.words import number, percent

DRIFT = "ml.model_drift"
BACKTEST = "ml.propensity_backtest"
NOW = "as_of_at = (select as_of_at from staging.as_of)"
UNWATCHED = f"""
    select case when count(*) = 0 then 'no model tells of customers to compare with' end
    from {DRIFT} where {NOW}
"""
UNJUDGED = f"""
    select case when count(*) = 0 then 'no score that was kept is 30 days old yet' end
    from {BACKTEST} where {NOW}
"""
# The newest moment that is judged, as one row.
LATEST = f"""
    latest as (
        select scored_at, max(model_version) as model_version, max(ece) as ece,
            max(ece_by_chance) as by_chance, max(roc_auc) as roc_auc,
            max(moment_count) as all_count,
            sum(actual_share * customer_count) as buyer_count
        from {BACKTEST} where {NOW}
        group by scored_at order by scored_at desc limit 1
    )
"""
SAID_THEN = "'What was said at ' || strftime(scored_at, '%Y-%m-%d') || ' of '"


def drifted(entry: str, expects: str, which: str, remedy: str) -> Rule:
    """It warns, and the sensor `drift` has the models trained anew."""
    return NoOffenders(
        entry=entry,
        expects=expects,
        table=DRIFT,
        offenders=f"""
            select model_name, feature, '`' || feature || '` of ' || model_name
                || ' moved: ' || largest_shift || ' (unusual PSI '
                || printf('%.2f', psi_unusual) || ')' as told
            from {DRIFT} where verdict = 'drifted' and {which} and {NOW}
        """,
        noun="drift",
        severity="warn",
        unless=UNWATCHED,
        remedy=remedy,
    )


FEATURE_DRIFT = drifted(
    "feature_drift",
    "Customers are like those at whom the models were judged",
    "feature <> 'score'",
    "See model_drift and, where a source broke, data_quality; models are trained anew",
)
SCORE_DRIFT = drifted(
    "score_drift",
    "Models say of customers about what they said when they were judged",
    "feature = 'score'",
    "See in model_drift which features moved with it; models are trained anew",
)


def backtest_drift(bounds: Bounds) -> Rule:
    """What the card allows of a model, and what luck may add to it."""
    most = "null" if bounds.maximum is None else f"{bounds.maximum} + by_chance"
    return WithinBounds(
        entry="backtest_drift",
        expects="What was said of customers came true as often as it was said",
        table=BACKTEST,
        measures=f"""
            with {LATEST}
            select null as item, ece as observed, null as minimum, {most} as maximum,
                null as reason,
                {SAID_THEN} || {number("all_count")} || ' customers is off by '
                    || {percent("ece")} || ' on average; allowed is '
                    || {percent("maximum")} as told
            from latest
        """,
        severity="warn",
        unless=UNJUDGED,
        remedy="See propensity_backtest; models are trained anew",
    )


def backtest_wrong(bounds: Bounds) -> Rule:
    """Only of the version that scores now: of another one, nobody is told any more."""
    most = "null" if bounds.maximum is None else f"{bounds.maximum} + by_chance"
    # Twice the standard error that an AUC of 0.5 has: Hanley and McNeil (1982).
    luck = """2 * sqrt(
        (all_count + 1) / (12 * buyer_count * (all_count - buyer_count))
    )"""
    return WithinBounds(
        entry="backtest_wrong",
        expects="What the standing model said a month ago was not plainly wrong",
        table=BACKTEST,
        measures=f"""
            with {LATEST},
            asked as (
                select *, case when model_version not in (
                    select model_version from ml.propensity_scores
                ) then 'another model said so' end as another from latest
            )
            select 'calibration' as item, ece as observed, null as minimum,
                {most} as maximum, another as reason,
                {SAID_THEN} || 'customers is off by ' || {percent("ece")} as told
            from asked
            union all
            select 'ranking', roc_auc, 0.5 - {luck}, null,
                coalesce(another, if(roc_auc is null, 'all ordered, or nobody', null)),
                {SAID_THEN} || 'customers ranks worse than chance (AUC '
                    || printf('%.2f', roc_auc) || ')'
            from asked
        """,
        unless=UNJUDGED,
        remedy="Do not act on these scores. See propensity_backtest and whether a "
        "source broke; `tessera models rollback` goes back to a former version",
    )
