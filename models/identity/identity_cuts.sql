-- The links that are refused now.
select
    edges.record_id,
    edges.rule,
    edges.evidence_hash,
    cast(spans.reason as varchar) as reason,
    spans.valid_from as refused_since_at
from {{ ref('identity_spans') }} as spans
inner join {{ ref('identity_edges') }} as edges on spans.edge = edges.edge
where spans.record_node is null and spans.valid_to is null
