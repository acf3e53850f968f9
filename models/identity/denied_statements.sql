-- What records tell of their person though somebody decided otherwise: whoever has one
-- side of a `cannot_link` is denied what its other side names, in all of their records.
with denied as (
    {% for side, other in [('left', 'right'), ('right', 'left')] %}
    select
        decisions.decision_id,
        sides.customer_id,
        decisions.{{ other }}_type as identifier_type,
        decisions.{{ other }}_value as identifier_value
    from {{ ref('identity_decisions') }} as decisions
    inner join {{ ref('decided_sides') }} as sides
        on decisions.decision_id = sides.decision_id and sides.side = '{{ side }}'
    where decisions.decision = 'cannot_link' and decisions.valid_to is null
    {{ "union all" if not loop.last }}
    {% endfor %}
),

told as (
    {% for type in ['email', 'phone', 'user_id'] %}
    select
        record_id,
        '{{ type }}' as identifier_type,
        {{ type }} as identifier_value,
        {{ 'stated_' ~ type if type != 'user_id' else type }} as stated_value
    from {{ ref('record_attributes') }}
    where {{ is_known_by_clock('known_since_at') }}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    denied.customer_id,
    told.record_id,
    identity.source,
    told.identifier_type,
    told.stated_value,
    min(denied.decision_id) as decision_id
from denied
inner join {{ ref('identity_map') }} as identity
    on denied.customer_id = identity.customer_id
inner join told
    on
        identity.record_id = told.record_id
        and denied.identifier_type = told.identifier_type
        and denied.identifier_value = told.identifier_value
group by all
