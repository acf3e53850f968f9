select
    model_name,
    scored_at,
    model_version,
    score_decile,
    customer_count,
    predicted_share,
    actual_share,
    low_share,
    high_share,
    is_within_band,
    moment_count,
    brier,
    ece,
    ece_by_chance,
    roc_auc,
    as_of_at
from {{ ref('propensity_backtest') }}
