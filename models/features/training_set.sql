-- Past moments with what happened next. The person is who we know today; the features
-- are what was known then.
with spine as (
    select distinct
        spine.customer_id,
        spine.as_of_at,
        identity.customer_id as customer_id_now
    from {{ ref('spine_records') }} as spine
    inner join {{ ref('identity_map') }} as identity
        on spine.record_id = identity.record_id
    where spine.as_of_at <= (
        select as_of_at - interval 30 day from {{ ref('as_of') }}
    )
),

purchases as (
    select
        identity.customer_id as customer_id_now,
        orders.ordered_at
    from {{ ref('orders') }} as orders
    inner join {{ ref('identity_map') }} as identity
        on orders.record_id = identity.record_id
    where orders.void_since_at is null
),

buyers as (
    select distinct spine.customer_id, spine.as_of_at
    from spine
    inner join purchases
        on spine.customer_id_now = purchases.customer_id_now
        and purchases.ordered_at > spine.as_of_at
        and purchases.ordered_at <= spine.as_of_at + interval 30 day
)

select
    features.*,
    buyers.customer_id is not null as purchased_within_30d
from {{ ref('customer_features') }} as features
inner join (select distinct customer_id, as_of_at from spine) as labelled
    on features.customer_id = labelled.customer_id
    and features.as_of_at = labelled.as_of_at
left join buyers
    on features.customer_id = buyers.customer_id
    and features.as_of_at = buyers.as_of_at
