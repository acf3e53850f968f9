-- Each record that is not the oldest of its customer could have named one, or did.
select
    {{ customer_id('identity.record_id') }} as alias_id,
    identity.customer_id,
    identity.record_id,
    history.valid_from as absorbed_at,
    history.rule,
    history.evidence_hash,
    identity.as_of_at
from {{ ref('identity_map') }} as identity
inner join {{ ref('identity_history') }} as history
    on
        identity.record_id = history.record_id
        and history.valid_to is null
where {{ customer_id('identity.record_id') }} != identity.customer_id
