-- What each record claims, one group of attributes a row; of other groups it says nothing.
with statements as (
    select * from {{ ref('profile_statements') }}
),

fullness as (
    select
        record_id,
        {% for attribute in profile_attributes() -%}
        {{ "+ " if not loop.first }}max(({{ attribute }} is not null)::integer)
        {% endfor -%} as told_count
    from statements
    group by record_id
),

claims as (
    {% for group in survivorship() %}
    select
        record_id,
        source,
        '{{ group.name }}' as group_name,
        {{ group.attributes | join(', ') }},
        {{ in_one_text(group, 'alike') }} as value_key,
        {{ in_one_text(group, 'as told') }} as claimed_text,
        {% for attribute in group.attributes -%}
        ({{ attribute }} is not null)::integer +
        {% endfor -%} 0 as part_count,
        max(updated_at) as updated_at
    from statements
    where coalesce({{ group.attributes | join(', ') }}, null) is not null
    group by all
    {{ "union all by name" if not loop.last }}
    {% endfor %}
)

select
    claims.*,
    fullness.told_count,
    verified.email is not null as is_verified
from claims
inner join fullness on claims.record_id = fullness.record_id
left join {{ ref('verified_emails') }} as verified on claims.email = verified.email
