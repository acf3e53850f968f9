{% set live = followed_segments() %}
{% set rules = segment_rules() %}

-- Who began and who ceased to be a member, at which moment and by what. The clauses that
-- did it: of who left, those that do not hold then; of who entered, those that had not
-- held at the moment before.
with compared as (
    select
        customer_id,
        as_of_at,
        lag(as_of_at) over history as former_at,
        {% for name in live.names -%}
        {{ name }},
        {{ name }} is distinct from lag({{ name }}, 1, false) over history
            as _{{ name }},
        {% endfor -%}
        [
            {% for name in live.names -%}
            case when {{ name }} then '{{ name }}' end{{ "," if not loop.last }}
            {% endfor -%}
        ]::varchar[] as held
    from {{ ref('exact_flags') }}
    window history as (partition by customer_id order by as_of_at)
),

flips as (
    {% for name in live.names -%}
    select
        customer_id,
        as_of_at,
        former_at,
        '{{ name }}' as segment_name,
        {{ name }} as is_in
    from compared
    where _{{ name }}
    union all
    {% endfor -%}
    select
        null as customer_id,
        null as as_of_at,
        null as former_at,
        null as segment_name,
        null as is_in
    where false
),

judged as (
    select
        flips.segment_name,
        flips.as_of_at as moved_at,
        flips.former_at,
        flips.is_in,
        compared.held,
        inputs.*
    from flips
    inner join {{ ref('exact_inputs') }} as inputs
        on
            flips.customer_id = inputs.customer_id
            and case when flips.is_in then flips.former_at else flips.as_of_at end
            = inputs.as_of_at
    inner join compared
        on
            inputs.customer_id = compared.customer_id
            and inputs.as_of_at = compared.as_of_at
),

clauses as (
    select
        customer_id,
        segment_name,
        moved_at,
        {% if live.names -%}
        case segment_name
            {% for name in live.names -%}
            when '{{ name }}' then {{ clauses_unless_held(rules[name].clauses) }}
            {% endfor -%}
        end
        {%- else -%}
        cast(null as varchar)
        {%- endif %} as clause
    from judged
),

told as (
    select
        flips.*,
        clauses.clause,
        inputs.happened,
        coalesce(
            list_filter(
                inputs.rang, lambda one: contains(clauses.clause, one.column)
            )[1],
            inputs.rang[1]
        ) as rang,
        inputs.as_of_at > horizon.began_at as is_within
    from flips
    cross join {{ ref('exact_horizon') }} as horizon
    inner join {{ ref('exact_inputs') }} as inputs
        on flips.customer_id = inputs.customer_id and flips.as_of_at = inputs.as_of_at
    left join clauses
        on
            flips.customer_id = clauses.customer_id
            and flips.segment_name = clauses.segment_name
            and flips.as_of_at = clauses.moved_at
)

-- What happens comes before what rings at the same moment.
select
    customer_id,
    segment_name,
    as_of_at as moved_at,
    is_in,
    clause,
    coalesce(happened, rang.event_id) as event_id,
    case when happened is null then rang.timer end as timer,
    former_at is null and is_within as is_first_seen
from told
