{% set claiming = claiming_segments() %}

with evaluated as (
    select
        customer_id,
        as_of_at,
        {% for segment in claiming -%}
        coalesce(({{ segment.where | trim }}), false) as {{ segment.name }},
        {% endfor -%}
        cluster_name
    from {{ ref('segment_inputs') }}
)

-- Within an exclusive group the first by priority claims a customer, the others not.
select
    customer_id,
    as_of_at,
    {% for segment in claiming -%}
    {{ ([segment.name] + rivals_of(segment)) | join(' and not ') }}
        as {{ segment.name }},
    {% endfor -%}
    cluster_name
from evaluated
