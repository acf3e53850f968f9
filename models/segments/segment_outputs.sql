{% set rules = segment_rules() %}

-- What each segment asks of models, by its own rule or by those of segments it names.
with asked as (
    {% for name, rule in rules.items() -%}
    select
        {{ sql_text(name) }} as segment_name,
        unnest({{ rule.asked }}::varchar[]) as output_name
    union all
    {% endfor -%}
    select
        segment_name,
        'cluster_name' as output_name
    from {{ ref('segment_definitions') }}
    where kind = 'cluster'
)

select
    asked.segment_name,
    outputs.*
from asked
inner join {{ ref('model_outputs') }} as outputs
    on asked.output_name = outputs.output_name
