{% set live = followed_segments() %}
{% set rules = segment_rules() %}

-- Who began and who ceased to be a member, when and by what. The clauses are, of who
-- left, those that do not hold then; of who entered, those that had not held before.
with compared as (
    select
        customer_id,
        as_of_at,
        lag(as_of_at) over history as former_at,
        {% for name in live.names -%}
        {{ name }},
        {{ name }} != lag({{ name }}, 1, false) over history as _{{ name }},
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
        inputs.rang,
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
),

-- Of several timers, that of a clause that flipped.
chosen as (
    select
        *,
        coalesce(
            list_filter(
                rang, lambda one: contains(clause, struct_extract(one, 'asked'))
            )[1],
            rang[1]
        ) as timer
    from told
)

-- What happens comes before what rings at the same moment.
select
    customer_id,
    segment_name,
    as_of_at as moved_at,
    is_in,
    clause,
    coalesce(happened, struct_extract(timer, 'event_id')) as event_id,
    case when happened is null then struct_extract(timer, 'timer') end as timer,
    former_at is null and is_within as is_first_seen
from chosen
