{% set told = [
    'left_at', 'entered_by_clause', 'entered_by_event_id', 'entered_by_timer',
    'left_by_clause', 'left_by_event_id', 'left_by_timer',
] %}

-- What is to be believed against what is believed, stay by stay.
with standing as (
    select *
    from {{ ref('exact_reaching') }}
    where entered_at > told_from_at or is_from_before
),

moves as (
    select
        coalesce(wanted.customer_id, standing.customer_id) as customer_id,
        coalesce(wanted.segment_name, standing.segment_name) as segment_name,
        wanted.* exclude (customer_id, segment_name),
        standing.belief_id as former_belief_id,
        standing.belief_number as former_belief_number,
        standing.model_version,
        case
            when standing.belief_id is null then 'entered'
            when wanted.customer_id is null then 'did not enter'
            when standing.left_at is not null and wanted.left_at is null
                then 'did not leave'
            when standing.left_at is null and wanted.left_at is not null then 'left'
            else 'corrected'
        end as move
    from {{ ref('exact_beliefs') }} as wanted
    full outer join standing
        on
            wanted.customer_id = standing.customer_id
            and wanted.segment_name = standing.segment_name
            and wanted.entered_at = standing.entered_at
    where
        wanted.customer_id is null
        or standing.customer_id is null
        {% for column in told -%}
        or wanted.{{ column }} is distinct from standing.{{ column }}
        {% endfor %}
)

select
    moves.* replace (
        case
            when moves.move in ('did not leave', 'did not enter', 'corrected')
                then 'corrected'
            when moves.move = 'left' and customers.customer_id is null
                then coalesce('merged into ' || aliases.customer_id, 'no customer now')
            else moves.cause
        end as cause
    ),
    moments.as_of_at
from moves
cross join {{ ref('as_of') }} as moments
left join {{ ref('segment_inputs') }} as customers
    on moves.customer_id = customers.customer_id
left join {{ ref('identity_aliases') }} as aliases
    on moves.customer_id = aliases.alias_id
