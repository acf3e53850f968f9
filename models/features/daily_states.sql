-- The long memory: by the day a thing happened and the day it was known.
select
    record_id,
    occurred_on,
    known_on,
    min(occurred_at) as first_seen_at,
    {% for state, condition in count_states().items() -%}
    count(*) filter (where {{ condition }}) as {{ state }},
    {% endfor -%}
{% for state, condition in last_states().items() -%}
max(occurred_at) filter (where {{ condition }}) as {{ state }}
{{- "," if not loop.last }}
{% endfor %}
from {{ ref('activity') }}
group by record_id, occurred_on, known_on
