{% set claiming = claiming_segments() %}

with evaluated as (
    select
        customer_id,
        as_of_at,
        cluster_name,
        {% for segment in claiming -%}
        coalesce(({{ segment.where | trim }}), false) as {{ segment.name }}
        {{- "," if not loop.last }}
        {% endfor %}
    from {{ ref('segment_inputs') }}
)

-- Within an exclusive group the first by priority claims a customer, the others not.
select
    customer_id,
    as_of_at,
    cluster_name,
    {% set before = {} -%}
    {% for segment in claiming -%}
    {% set rivals = before.get(segment.exclusive_group, []) if segment.exclusive_group
        else [] -%}
    {{ segment.name }}
    {%- for rival in rivals %} and not {{ rival }}{% endfor %} as {{ segment.name }}
    {{- "," if not loop.last }}
    {% if segment.exclusive_group -%}
    {% do before.update({segment.exclusive_group: rivals + [segment.name]}) -%}
    {% endif -%}
    {% endfor %}
from evaluated
