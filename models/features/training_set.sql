-- Past moments with what happened next. The person is who we know today; the features
-- are what was known then.
with spine as (
    select distinct
        records.customer_id,
        records.as_of_at,
        identity.customer_id as customer_id_now
    from {{ ref('spine_records') }} as records
    inner join {{ ref('identity_map') }} as identity
        on records.record_id = identity.record_id
    inner join {{ ref('as_of') }} as moments
        on records.as_of_at <= moments.as_of_at - interval 30 day
),

labelled as (
    select distinct
        customer_id,
        as_of_at
    from spine
),

buyers as (
    {{ buyers_within('spine', 30) }}
)

select
    features.*,
    buyers.customer_id is not null as purchased_within_30d
from {{ ref('customer_features') }} as features
inner join labelled
    on
        features.customer_id = labelled.customer_id
        and features.as_of_at = labelled.as_of_at
left join buyers
    on
        features.customer_id = buyers.customer_id
        and features.as_of_at = buyers.as_of_at
