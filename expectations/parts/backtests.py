"""Whether what was said came true: the newest moment of each model that is judged."""

from expectations.engine.profiles import LEADING_MODEL, Bounds, Profile
from expectations.engine.rules import Rule, WithinBounds
from expectations.engine.words import number, percent

BACKTEST = "ml.propensity_backtest"
NOW = "as_of_at = (select as_of_at from staging.as_of)"
# The models whose scores are kept: where the version that scores now says so, and of
# how many days.
JUDGED = {
    LEADING_MODEL: ("ml.propensity_scores", 30),
    "purchase_7d": ("ml.propensity_7d_scores", 7),
    "purchase_90d": ("ml.propensity_90d_scores", 90),
    "churn": ("ml.churn_scores", 60),
}
ASKED = " union all ".join(
    f"select '{model}' as model_name, {days} as days"
    for model, (_, days) in JUDGED.items()
)
# The newest moment that is judged of each model, as one row.
LATEST = f"""
    moments as (
        select model_name, scored_at, max(model_version) as model_version,
            max(ece) as ece, max(ece_by_chance) as by_chance, max(roc_auc) as roc_auc,
            max(moment_count) as all_count,
            sum(actual_share * customer_count) as true_count,
            sum(predicted_share * customer_count) as said_count
        from {BACKTEST} where {NOW}
        group by model_name, scored_at
        qualify row_number() over (
            partition by model_name order by scored_at desc
        ) = 1
    ),
    latest as (
        select moments.* exclude (model_name), asked.model_name,
            case when scored_at is null then 'no score of ' || asked.model_name
                || ' that was kept is ' || days || ' days old yet' end as unjudged
        from ({ASKED}) as asked
        left join moments on asked.model_name = moments.model_name
    )
"""
LEVEL, FEWEST = 2, 20
SAID_THEN = """
    'What ' || model_name || ' said at ' || strftime(scored_at, '%Y-%m-%d') || ' of '
"""
SPEAKING = " union all ".join(
    f"select distinct '{model}', model_version from {table}"
    for model, (table, _) in JUDGED.items()
)


def backtest_drift(profile: Profile) -> Rule:
    """What the card allows of each model, and what luck may add to it.

    And of all together no more than LEVEL times what came, or so much less: of what is
    rare the mean gap is small, however wrong the level.
    """
    # Twice the standard error of a count, as a share of it.
    luck = "(1 + 2 / sqrt(true_count))"
    return WithinBounds(
        entry="backtest_drift",
        expects="What was said of customers came true as often as it was said",
        table=BACKTEST,
        measures=f"""
            with {LATEST},
            allowed as (
                select *, {_most_of_each(profile)} + by_chance as most from latest
            )
            select model_name as item, ece as observed, null as minimum,
                most as maximum, unjudged as reason,
                {SAID_THEN} || {number("all_count")} || ' customers is off by '
                    || {percent("ece")} || ' on average; allowed is '
                    || {percent("most")} as told
            from allowed
            union all
            select model_name || '/level', said_count / true_count,
                1 / ({LEVEL} * {luck}), {LEVEL} * {luck},
                coalesce(unjudged, case when true_count < {FEWEST}
                    then 'it came true of too few to tell' end) as reason,
                {SAID_THEN} || 'customers was ' || {number("said_count")}
                    || ' in all, and it came true of ' || {number("true_count")}
            from latest
        """,
        severity="warn",
        remedy="See propensity_backtest; models are trained anew",
    )


def _most_of_each(profile: Profile) -> str:
    """SQL: the largest ECE that the card of a model may have; null where any may."""
    most = {model: profile.calibration(model).maximum for model in JUDGED}
    cases = [
        f"when '{model}' then {'null' if one is None else one}"
        for model, one in most.items()
    ]
    return f"case model_name {' '.join(cases)} end"


def backtest_wrong(bounds: Bounds) -> Rule:
    """Only of the version that scores now: of another one, nobody is told any more.

    The leading model blocks; as their cards do, the siblings' past only warns.
    """
    most = "null" if bounds.maximum is None else f"{bounds.maximum} + by_chance"
    # Twice the standard error that an AUC of 0.5 has: Hanley and McNeil (1982).
    luck = """2 * sqrt(
        (all_count + 1) / (12 * true_count * (all_count - true_count))
    )"""
    return WithinBounds(
        entry="backtest_wrong",
        expects="What the standing models said was not plainly wrong",
        table=BACKTEST,
        measures=f"""
            with {LATEST},
            asked as (
                select *, coalesce(unjudged, case
                    when (model_name, model_version) not in ({SPEAKING})
                        then 'another model said so' end) as another,
                    case when model_name <> '{LEADING_MODEL}'
                        then 'the other scores may be right' end as lenience
                from latest
            )
            select model_name || '/calibration' as item, ece as observed,
                null as minimum, {most} as maximum, another as reason, lenience,
                {SAID_THEN} || 'customers is off by ' || {percent("ece")} as told
            from asked
            union all
            select model_name || '/ranking', roc_auc, 0.5 - {luck}, null,
                coalesce(another, case when roc_auc is null
                    then 'it came true of all, or of nobody' end) as reason, lenience,
                {SAID_THEN} || 'customers ranks worse than chance (AUC '
                    || printf('%.2f', roc_auc) || ')'
            from asked
        """,
        remedy="Do not act on these scores. See propensity_backtest and whether a "
        "source broke; `tessera models rollback` goes back to a former version",
    )
