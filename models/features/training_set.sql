-- Past moments with what happened next. The person is who we know today; the features
-- are what was known then. A label is empty until its days are over.
with spine as (
    select distinct
        records.customer_id,
        records.as_of_at,
        records.as_of_on,
        identity.customer_id as customer_id_now
    from {{ ref('spine_records') }} as records
    inner join {{ ref('identity_map') }} as identity
        on records.record_id = identity.record_id
    inner join {{ ref('as_of') }} as moments
        on records.as_of_at <= moments.as_of_at - interval 7 day
),

-- Parts of whom we know to be two persons today have two futures: the first one counts.
next_orders as (
    {{ next_orders('spine', 90) }}
),

active as (
    {{ active_within('spine', 60) }}
),

labelled as (
    select distinct
        spine.customer_id,
        spine.as_of_at,
        epoch(moments.as_of_at - spine.as_of_at) / 86400 as days_since
    from spine
    cross join {{ ref('as_of') }} as moments
)

select
    features.*,
    {% for days in [7, 30, 90] -%}
    case
        when labelled.days_since >= {{ days }}
            then coalesce(
                features.as_of_at + interval {{ days }} day >= orders.next_order_at,
                false
            )
    end as purchased_within_{{ days }}d,
    {% endfor -%}
    case
        when labelled.days_since < 60 then null
        when features.order_count = 0 and active.customer_id is not null then false
        else coalesce(
            features.as_of_at + interval 60 day < orders.next_order_at, true
        )
    end as lapsed_within_60d,
    case when labelled.days_since >= 90 then orders.next_order_amount end
        as next_order_amount
from {{ ref('customer_features') }} as features
inner join labelled
    on
        features.customer_id = labelled.customer_id
        and features.as_of_at = labelled.as_of_at
left join next_orders as orders
    on
        features.customer_id = orders.customer_id
        and features.as_of_at = orders.as_of_at
left join active
    on
        features.customer_id = active.customer_id
        and features.as_of_at = active.as_of_at
