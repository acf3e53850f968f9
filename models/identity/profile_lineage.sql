-- Which record each value of a profile is of, and who lost by what. Who says the same
-- in other letters has not lost.
with choices as (
    select * from {{ ref('profile_choices') }}
),

said as (
    {% for group in survivorship() %}
    {% set outer = loop %}
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
    {{ "union all" if not (loop.last and outer.last) }}
    {% endfor %}
    {% endfor %}
),

others as (
    select
        customer_id,
        attribute_name,
        count(distinct record_id) filter (where is_same_value) as agreeing_record_count,
        list(
            {
                'record_id': record_id,
                'source': source,
                'masked_value': masked_value,
                'lost_by': lost_by
            }
            order by place
        ) filter (where not is_same_value) as losers
    from said
    group by customer_id, attribute_name
)

select
    said.customer_id,
    said.attribute_name,
    said.group_name,
    said.attribute_value,
    said.record_id,
    said.source,
    said.updated_at,
    -- What set it apart from the best of the others.
    coalesce(others.losers[1].lost_by, 'only_value') as rule,
    others.agreeing_record_count,
    coalesce(len(others.losers), 0) as losing_claim_count,
    coalesce(others.losers, []) as losers
from said
inner join others
    on
        said.customer_id = others.customer_id
        and said.attribute_name = others.attribute_name
where said.place = 1 and said.attribute_value is not null
