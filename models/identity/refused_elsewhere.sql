-- Whose address or phone is one at which somebody else refused to be written to: mail
-- goes to an address, and not to a customer. A refusal of a record that is nobody's yet
-- binds too; one of a person to whom the address was denied does not.
with contacts as (
    {% for channel, attribute in [('email', 'email'), ('sms', 'phone')] %}
    select
        told.record_id,
        '{{ channel }}' as channel,
        '{{ attribute }}' as attribute_name,
        told.{{ attribute }} as contact
    from {{ ref('record_attributes') }} as told
    left join {{ ref('denied_statements') }} as denied
        on
            told.record_id = denied.record_id
            and told.stated_{{ attribute }} = denied.stated_value
            and denied.identifier_type = '{{ attribute }}'
    where
        denied.record_id is null
        and {{ is_known_by_clock('told.known_since_at') }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

refusals as (
    select distinct
        identity.customer_id,
        contacts.channel,
        contacts.contact
    from {{ ref('consent_statements') }} as statements
    inner join contacts
        on
            statements.record_id = contacts.record_id
            and statements.channel = contacts.channel
    left join {{ ref('identity_map') }} as identity
        on statements.record_id = identity.record_id
    left join {{ ref('consent_verdicts') }} as verdicts
        on
            identity.customer_id = verdicts.customer_id
            and statements.channel = verdicts.channel
    where statements.kind = 'refusal' and coalesce(not verdicts.is_allowed, true)
),

survivors as (
    select
        lineage.customer_id,
        contacts.channel,
        contacts.contact
    from {{ ref('profile_lineage') }} as lineage
    inner join contacts
        on
            lineage.record_id = contacts.record_id
            and lineage.attribute_name = contacts.attribute_name
)

select distinct
    survivors.customer_id,
    survivors.channel
from survivors
inner join refusals
    on
        survivors.channel = refusals.channel
        and survivors.contact = refusals.contact
        and survivors.customer_id is distinct from refusals.customer_id
