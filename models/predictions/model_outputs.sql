-- What a rule may ask of a model, as segment_inputs names it: by which version it was
-- said of now; or, said of nobody, what the newest training lacked.
with outputs (output_name, model_name) as (
    values
    ('purchase_30d_probability', 'purchase_30d'),
    ('score_decile', 'purchase_30d'),
    ('purchase_7d_probability', 'purchase_7d'),
    ('purchase_90d_probability', 'purchase_90d'),
    ('churn_probability', 'churn'),
    ('next_order_value_amount', 'order_value'),
    ('cluster_name', 'clusters')
),

said as (
    select
        unnest(['purchase_30d_probability', 'score_decile']) as output_name,
        max(model_version) as model_version
    from {{ ref('propensity_predictions') }}
    union all
    select
        prediction as output_name,
        max(model_version) as model_version
    from {{ ref('sibling_predictions') }}
    group by prediction
    union all
    select
        'cluster_name' as output_name,
        max(model_version) as model_version
    from {{ ref('cluster_predictions') }}
),

-- While a champion stands, it is not for want of a training that it said nothing.
idle as (
    select
        model_name,
        list_extract(
            list(reason order by recorded_at desc, model_version asc) filter (
                where reason <> ''
            ),
            1
        ) as reason
    from {{ source('ml', 'models') }}
    group by model_name
    having count(*) filter (where state = 'champion') = 0
)

select
    outputs.output_name,
    outputs.model_name,
    said.model_version,
    case
        when said.model_version is null
            then
                'no model has said ' || outputs.output_name
                || ' of the customers of this moment'
                || coalesce(' (' || idle.reason || ')', '')
    end as silence
from outputs
left join said on outputs.output_name = said.output_name
left join idle on outputs.model_name = idle.model_name
