-- What readers were told of customers whose days are over, and whether it came true:
-- each model by its own question and days, with the labels of the training set. A
-- customer is the records of then, and the person is who we know today; whom the
-- history of identity no longer knows is not judged.
with said as (
    select
        told.*,
        horizons.day_count,
        {{ shop_date('told.as_of_at') }} as as_of_on
    from {{ ref('stg_ledger__scores_told') }} as told
    inner join (
        values
        ('purchase_7d', 7), ('purchase_30d', 30), ('purchase_90d', 90), ('churn', 60)
    ) as horizons (model_name, day_count)
        on told.model_name = horizons.model_name
    inner join {{ ref('as_of') }} as moments
        on told.as_of_at <= moments.as_of_at - to_days(horizons.day_count)
),

records as (
    select distinct
        said.customer_id,
        said.as_of_at,
        said.as_of_on,
        history.record_id,
        identity.customer_id as customer_id_now
    from said
    inner join {{ ref('identity_history') }} as history
        on
            said.customer_id = history.customer_id
            and said.as_of_at >= history.valid_from
            and (history.valid_to is null or said.as_of_at < history.valid_to)
    inner join {{ ref('identity_map') }} as identity
        on history.record_id = identity.record_id
),

spine as (
    select distinct * exclude (record_id)
    from records
),

next_orders as (
    {{ next_orders('spine', 90) }}
),

active as (
    {{ active_within('spine', 60) }}
),

buyers as (
    {{ buyers_by('records') }}
)

select
    said.model_name,
    said.as_of_at as scored_at,
    said.model_version,
    said.customer_id,
    said.probability,
    said.score_decile,
    case
        when said.model_name <> 'churn'
            then coalesce(
                said.as_of_at + to_days(said.day_count) >= orders.next_order_at, false
            )
        when buyers.customer_id is null and active.customer_id is not null then false
        else coalesce(
            said.as_of_at + to_days(said.day_count) < orders.next_order_at, true
        )
    end as came_true
from said
left join next_orders as orders
    on said.customer_id = orders.customer_id and said.as_of_at = orders.as_of_at
left join active
    on said.customer_id = active.customer_id and said.as_of_at = active.as_of_at
left join buyers
    on said.customer_id = buyers.customer_id and said.as_of_at = buyers.as_of_at
where (said.customer_id, said.as_of_at) in (
    select (spine.customer_id, spine.as_of_at) from spine
)
