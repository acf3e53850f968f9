-- Survivorship: survivorship.yml says by which criteria, in which order.
with claims as (
    select
        identity.customer_id,
        claims.*
    from {{ ref('attribute_claims') }} as claims
    inner join {{ ref('identity_map') }} as identity
        on claims.record_id = identity.record_id
),

scored as (
    select
        * exclude (is_verified, part_count),
        is_verified::integer as verified,
        updated_at as recency,
        part_count as completeness,
        count(distinct record_id) over (
            partition by customer_id, group_name, value_key
        ) as frequency
    from claims
),

ordered as (
    {% for group in survivorship() %}
    select
        *,
        {{ source_trust(group) }} as source_trust,
        row_number() over (
            partition by customer_id
            order by {{ best_first(group) }}
        ) as place
    from scored
    where group_name = '{{ group.name }}'
    {{ "union all by name" if not loop.last }}
    {% endfor %}
)

select
    ordered.*,
    ordered.value_key = winners.value_key as is_same_value,
    case
        when ordered.place = 1 then null
        {% for group in survivorship() -%}
        when ordered.group_name = '{{ group.name }}'
            then {{ lost_by(group, 'ordered', 'winners') }}
        {% endfor -%}
    end as lost_by
from ordered
inner join ordered as winners
    on
        ordered.customer_id = winners.customer_id
        and ordered.group_name = winners.group_name
        and winners.place = 1
