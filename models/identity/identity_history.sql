select
    nodes.record_id,
    {{ customer_id('roots.record_id') }} as customer_id,
    spans.valid_from,
    spans.valid_to,
    cast(spans.reason as varchar) as reason,
    edges.rule,
    edges.evidence_hash
from {{ ref('identity_spans') }} as spans
inner join {{ ref('identity_nodes') }} as nodes on spans.record_node = nodes.node
inner join {{ ref('identity_nodes') }} as roots on spans.root_node = roots.node
left join {{ ref('identity_edges') }} as edges on spans.edge = edges.edge
