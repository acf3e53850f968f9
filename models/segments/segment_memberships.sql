{% set claiming = claiming_segments() %}
{% set catch_all = catch_all_segment() %}

with claimed as (
    select
        customer_id,
        as_of_at,
        unnest([
            {% for segment in claiming -%}
            case when {{ segment.name }} then {{ segment_name_of(segment) }} end
            {{- "," if not loop.last }}
            {% endfor %}
        ]) as segment_name
    from {{ ref('segment_flags') }}
),

unclaimed as (
    select
        customer_id,
        as_of_at,
        '{{ catch_all.name }}' as segment_name
    from {{ ref('segment_flags') }}
    where not (
        {% for segment in claiming -%}
        {{ segment.name }}{{ " or " if not loop.last }}
        {%- endfor %}
    )
)

select
    customer_id,
    segment_name,
    as_of_at
from claimed
where segment_name is not null
union all
select
    customer_id,
    segment_name,
    as_of_at
from unclaimed
