-- Each side of a decision may be several values: a phone with each first name.
select
    decisions.decision,
    decisions.decision_id,
    left_values.node as left_node,
    right_values.node as right_node,
    decisions.valid_from,
    decisions.valid_to
from {{ ref('identity_decisions') }} as decisions
inner join {{ ref('identity_named_values') }} as left_named
    on decisions.decision_id = left_named.decision_id and left_named.side = 'left'
inner join {{ ref('identity_values') }} as left_values
    on left_named.evidence_hash = left_values.evidence_hash
inner join {{ ref('identity_named_values') }} as right_named
    on decisions.decision_id = right_named.decision_id and right_named.side = 'right'
inner join {{ ref('identity_values') }} as right_values
    on right_named.evidence_hash = right_values.evidence_hash
where decisions.decision in ('must_link', 'cannot_link')
