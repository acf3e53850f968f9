-- Customers whom a person said to be two: what a side of a decision names is theirs.
with sides as (
    select
        named.decision_id,
        named.side,
        identity.customer_id
    from {{ ref('identity_named_values') }} as named
    inner join {{ ref('identity_links') }} as links
        on named.evidence_hash = links.evidence_hash
    inner join {{ ref('identity_map') }} as identity
        on links.record_id = identity.record_id
    union
    select
        named.decision_id,
        named.side,
        identity.customer_id
    from {{ ref('identity_named_values') }} as named
    inner join {{ ref('identity_map') }} as identity
        on named.evidence_hash = {{ evidence_hash("'record'", 'identity.record_id') }}
)

select distinct
    lefts.customer_id,
    rights.customer_id as other_customer_id
from {{ ref('identity_decisions') }} as decisions
inner join sides as lefts on decisions.decision_id = lefts.decision_id
inner join sides as rights
    on
        lefts.decision_id = rights.decision_id
        and lefts.side != rights.side
where decisions.decision = 'cannot_link' and decisions.valid_to is null
