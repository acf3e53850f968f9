-- Which record each value of a profile is of, and who lost by what. Who says the same
-- in other letters has not lost; what a person denied to somebody lost beforehand.
with choices as (
    select * from {{ ref('profile_choices') }}
),

denied as (
    select * from {{ ref('denied_statements') }}
),

said as (
    {% for group in survivorship() %}
    {% for attribute in group.attributes %}
    select
        customer_id,
        group_name,
        record_id,
        source,
        updated_at,
        place,
        lost_by,
        is_same_value,
        '{{ attribute }}' as attribute_name,
        {{ attribute }} as attribute_value,
        {{ masked(attribute, attribute) }} as masked_value
    from choices
    where group_name = '{{ group.name }}'
    union all by name
    select distinct
        customer_id,
        '{{ group.name }}' as group_name,
        record_id,
        source,
        'cannot_link' as lost_by,
        false as is_same_value,
        '{{ attribute }}' as attribute_name,
        {{ masked(attribute, 'lower(trim(stated_value))') }} as masked_value
    from denied
    where identifier_type = '{{ attribute }}'
    {{ "union all by name" if not loop.last }}
    {% endfor %}
    {{ "union all by name" if not loop.last }}
    {% endfor %}
),

others as (
    select
        customer_id,
        attribute_name,
        group_name,
        count(distinct record_id) filter (where is_same_value) as agreeing_record_count,
        count(*) filter (where lost_by = 'cannot_link') as denied_count,
        list(
            {
                'record_id': record_id,
                'source': source,
                'masked_value': masked_value,
                'lost_by': lost_by
            }
            order by place nulls last, record_id, masked_value
        ) filter (where not is_same_value) as losers
    from said
    group by customer_id, attribute_name, group_name
)

select
    others.customer_id,
    others.attribute_name,
    others.group_name,
    survivors.attribute_value,
    survivors.record_id,
    survivors.source,
    survivors.updated_at,
    -- What set it apart from the best of the others.
    coalesce(others.losers[1].lost_by, 'only_value') as rule,
    others.agreeing_record_count,
    coalesce(len(others.losers), 0) as losing_claim_count,
    coalesce(others.losers, []) as losers
from others
left join said as survivors
    on
        others.customer_id = survivors.customer_id
        and others.attribute_name = survivors.attribute_name
        and survivors.place = 1
        and survivors.attribute_value is not null
where
    survivors.attribute_value is not null
    or others.denied_count > 0
