{{ config(post_hook='{{ keep_mark() }}') }}

select
    coalesce(
        {% if var('as_of') %}cast('{{ var("as_of") }}' as timestamp),{% endif %}
        max(newest_at),
        timestamp '1970-01-01'
    ) as as_of_at,
    -- Whether nothing that has arrived lies behind the clock.
    {% if var('as_of') -%}
    coalesce(max(newest_at) <= cast('{{ var("as_of") }}' as timestamp), true)
    {%- else -%}
    true
    {%- endif %} as is_newest,
    -- Staged rows and the gates are judged by the same patience with clocks.
    to_microseconds({{ (var('clock_tolerance_minutes') * 60000000) | int }})
        as clock_tolerance
from {{ ref('arrivals') }}
