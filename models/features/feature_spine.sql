with named as (
    select
        record_id,
        min(known_since_at) as known_since_at
    from {{ ref('record_attributes') }}
    where email is not null or phone is not null or last_name is not null
    group by record_id
),

customers as (
    select
        known.customer_id,
        known.as_of_at,
        moments.is_now,
        count(named.record_id) > 0 as is_identified
    from {{ ref('identity_as_known') }} as known
    inner join {{ ref('feature_moments') }} as moments
        on known.as_of_at = moments.as_of_at
    left join named
        on
            known.record_id = named.record_id
            and known.as_of_at >= named.known_since_at
    group by known.customer_id, known.as_of_at, moments.is_now
),

-- Everybody now; of each past moment a sample that depends on the id alone.
sampled as (
    select
        *,
        row_number() over (
            partition by as_of_at, is_now order by md5(customer_id), customer_id
        ) as place
    from customers
)

select
    customer_id,
    as_of_at,
    is_now,
    is_identified,
    {{ shop_date('as_of_at') }} as as_of_on
from sampled
where is_now or place <= {{ var('training_customers') }}
