-- Whose address or phone is one at which somebody else refused to be written to: mail
-- goes to an address, and not to a customer. A refusal of a record that is nobody's yet
-- binds too.
with refusals as (
    select distinct
        identity.customer_id,
        statements.channel,
        case
            when statements.channel = 'email' then attributes.email
            else attributes.phone
        end as contact
    from {{ ref('consent_statements') }} as statements
    inner join {{ ref('record_attributes') }} as attributes
        on statements.record_id = attributes.record_id
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
        case lineage.attribute_name when 'email' then 'email' else 'sms' end as channel,
        case
            when lineage.attribute_name = 'email' then attributes.email
            else attributes.phone
        end as contact
    from {{ ref('profile_lineage') }} as lineage
    inner join {{ ref('record_attributes') }} as attributes
        on lineage.record_id = attributes.record_id
    where lineage.attribute_name in ('email', 'phone')
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
