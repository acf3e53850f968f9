-- Whose the sides of the decisions are now. Where a link to the value is refused or has
-- ended, the value is not the record's, and so not its customer's.
with held as (
    select
        links.record_id,
        links.evidence_hash
    from {{ ref('identity_edges') }} as links
    left join {{ ref('identity_cuts') }} as cuts
        on
            links.record_id = cuts.record_id
            and links.rule = cuts.rule
            and links.evidence_hash = cuts.evidence_hash
    where
        links.record_id is not null
        and links.valid_to is null
        and cuts.record_id is null
    union all
    select
        record_id,
        {{ evidence_hash("'record'", 'record_id') }} as evidence_hash
    from {{ ref('identity_map') }}
)

select distinct
    named.decision_id,
    named.side,
    identity.customer_id
from {{ ref('identity_named_values') }} as named
inner join held on named.evidence_hash = held.evidence_hash
inner join {{ ref('identity_map') }} as identity on held.record_id = identity.record_id
