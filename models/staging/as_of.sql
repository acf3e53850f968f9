{{ config(post_hook='{{ keep_mark() }}') }}

with arrivals as (
    select max(received_at) as received_at from {{ ref('web_events') }}
    union all
    select max(received_at) from {{ ref('esp_events') }}
    union all
    select max(created_at) from {{ ref('shop_orders') }}
    union all
    select max(created_at) from {{ ref('shop_refunds') }}
    union all
    select max(created_at) from {{ ref('shop_customers') }}
    union all
    select max(created_at) from {{ ref('stg_crm__contacts') }}
)

select
    coalesce(
        {% if var('as_of') %}cast('{{ var("as_of") }}' as timestamp),{% endif %}
        max(received_at),
        timestamp '1970-01-01'
    ) as as_of_at,
    -- Whether nothing that has arrived lies behind the clock.
    {% if var('as_of') -%}
    coalesce(max(received_at) <= cast('{{ var("as_of") }}' as timestamp), true)
    {%- else -%}
    true
    {%- endif %} as is_newest,
    -- Staged rows and the gates are judged by the same patience with clocks.
    to_microseconds({{ (var('clock_tolerance_minutes') * 60000000) | int }})
        as clock_tolerance
from arrivals
