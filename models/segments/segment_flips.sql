{% set rules = segment_rules() %}

-- Of who left, what is known now; of who entered, what was known in the run before. A
-- clause that does not hold there is what flipped.
with held_now as (
    select
        customer_id,
        list(segment_name) as held
    from {{ ref('segment_memberships') }}
    where
        customer_id in (
            select moves.customer_id
            from {{ ref('segment_moves') }} as moves
            where moves.move = 'left'
        )
    group by customer_id
),

held_before as (
    select
        customer_id,
        list(segment_name) as held
    from {{ ref('standing_beliefs') }}
    where
        left_at is null
        and customer_id in (
            select moves.customer_id
            from {{ ref('segment_moves') }} as moves
            where moves.move = 'entered'
        )
    group by customer_id
),

judged as (
    select
        moves.segment_name as moved_segment,
        held_now.held,
        inputs.*
    from {{ ref('segment_moves') }} as moves
    inner join {{ ref('segment_inputs') }} as inputs
        on moves.customer_id = inputs.customer_id
    inner join held_now on moves.customer_id = held_now.customer_id
    where moves.move = 'left'
    union all by name
    select
        moves.segment_name as moved_segment,
        held_before.held,
        inputs.*
    from {{ ref('segment_moves') }} as moves
    inner join {{ ref('stg_ledger__last_inputs') }} as inputs
        on moves.customer_id = inputs.customer_id
    inner join held_before on moves.customer_id = held_before.customer_id
    where moves.move = 'entered'
)

select
    judged.customer_id,
    judged.moved_segment as segment_name,
    case judged.moved_segment
        {% for name, rule in rules.items() -%}
        when '{{ name }}' then {{ clauses_unless_held(rule.clauses) }}
        {% endfor -%}
        when '{{ catch_all_segment().name }}' then definitions.rule_text
        else
            'cluster_name = '''
            || replace(substring(judged.moved_segment, 9), '''', '''''')
            || ''''
    end as clause
from judged
left join {{ ref('segment_definitions') }} as definitions
    on judged.moved_segment = definitions.segment_name
