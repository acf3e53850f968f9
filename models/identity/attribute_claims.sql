-- What each record claims, one group of attributes a row; of other groups it tells
-- nothing.
with statements as (
    select * from {{ ref('profile_statements') }}
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
        {{ "+ " if not loop.first }}({{ attribute }} is not null)::integer
        {% endfor -%} as part_count,
        max(updated_at) as updated_at
    from statements
    where coalesce({{ group.attributes | join(', ') }}, null) is not null
    group by all
    {{ "union all by name" if not loop.last }}
    {% endfor %}
)

select
    claims.*,
    verified.email is not null as is_verified
from claims
left join {{ ref('verified_emails') }} as verified on claims.email = verified.email
