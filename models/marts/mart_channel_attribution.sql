{% set models = attribution_models() %}

with visits as (
    select
        channels.channel,
        count(*) as session_count
    from {{ ref('session_channels') }} as channels
    inner join {{ ref('identity_map') }} as identity
        on channels.visitor_id = identity.record_id
    group by channels.channel
),

credited as (
    select
        channel,
        {% for model in models -%}
        sum({{ model }}_credit) as {{ model }}_credit,
        sum({{ model }}_revenue_amount) as {{ model }}_revenue_amount,
        {% endfor -%}
        count(distinct order_key) as touched_order_count
    from {{ ref('order_credits') }}
    group by channel
),

shapley as (
    select
        channel,
        sum(order_credit) as shapley_credit,
        sum(revenue_amount) as shapley_revenue_amount
    from {{ ref('path_credits') }}
    group by channel
    union all
    -- An order without a path has no other channel to share with.
    select
        channel,
        last_credit as shapley_credit,
        last_revenue_amount as shapley_revenue_amount
    from {{ ref('order_credits') }}
    where session_id is null
),

unioned as (
    select * from visits
    union all by name
    select * from credited
    union all by name
    select * from shapley
),

summed as (
    select
        channel,
        {% for model in models + ['shapley'] -%}
        {%- set amount = model ~ '_revenue_amount' -%}
        cast(coalesce(sum({{ model }}_credit), 0) as decimal(18, 9))
            as {{ model }}_credit,
        cast(coalesce(sum({{ amount }}), 0) as decimal(18, 2)) as {{ amount }},
        {% endfor -%}
        cast(coalesce(sum(session_count), 0) as bigint) as session_count,
        cast(coalesce(sum(touched_order_count), 0) as bigint) as touched_order_count
    from unioned
    group by channel
)

select
    summed.*,
    cast('{{ var("reporting_currency") }}' as varchar) as revenue_currency,
    moments.as_of_at
from summed
cross join {{ ref('as_of') }} as moments
