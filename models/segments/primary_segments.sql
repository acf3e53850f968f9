-- The waterfall: of the segments that claim a customer, the first by priority.
select
    customer_id,
    as_of_at,
    case
        {% for segment in claiming_segments() -%}
        when {{ segment.name }} then {{ segment_name_of(segment) }}
        {% endfor -%}
        else '{{ catch_all_segment().name }}'
    end as segment_name
from {{ ref('segment_flags') }}
