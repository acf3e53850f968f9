{% set live = segments() | selectattr('live', 'defined') | selectattr('live') | list %}

-- Whom the live segments claim from each moment on, as segment_flags says it of now.
{% if live or not execute %}
{{ segment_flags_of(ref('exact_inputs'), live) }}
{% else %}
select
    customer_id,
    as_of_at,
    cluster_name
from {{ ref('exact_inputs') }}
{% endif %}
