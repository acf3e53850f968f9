-- What the siblings of propensity say of now. Whoever has lapsed can no longer churn.
with said as (
    {% for prediction, table in [
        ('purchase_7d_probability', 'propensity_7d_scores'),
        ('purchase_90d_probability', 'propensity_90d_scores'),
        ('churn_probability', 'churn_scores'),
    ] -%}
    select
        customer_id,
        '{{ prediction }}' as prediction,
        probability as predicted_value,
        model_version,
        as_of_at
    from {{ source('ml', table) }}
    union all
    {% endfor -%}
    select
        customer_id,
        'next_order_value_amount' as prediction,
        round(next_order_value_amount, 2) as predicted_value,
        model_version,
        as_of_at
    from {{ source('ml', 'order_value_amounts') }}
)

select said.*
from said
inner join {{ ref('as_of') }} as moments on said.as_of_at = moments.as_of_at
left join {{ ref('customer_lifecycle') }} as lifecycle
    on said.customer_id = lifecycle.customer_id
where
    said.prediction <> 'churn_probability'
    or coalesce(lifecycle.lifecycle_stage, '') <> 'lapsed'
