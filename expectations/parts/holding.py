"""Whether customers are still like those at whom the models were judged: drift."""

from expectations.engine.rules import NoOffenders, Rule

DRIFT = "ml.model_drift"
NOW = "as_of_at = (select as_of_at from staging.as_of)"
UNWATCHED = f"""
    select case when count(*) = 0 then 'no model tells of customers to compare with' end
    from {DRIFT} where {NOW}
"""


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
