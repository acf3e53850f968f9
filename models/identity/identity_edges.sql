-- A link holds while its records are there, and is known at as_of or not at all.
with links as (
    select
        links.record_id,
        links.rule,
        links.evidence_hash,
        nodes.node as left_node,
        linking.node as right_node,
        greatest(links.known_since_at, nodes.appears_at) as valid_from,
        least(
            case
                when links.retracted_at <= moments.as_of_at then links.retracted_at
            end,
            nodes.goes_at
        ) as valid_to
    from {{ ref('identity_links') }} as links
    inner join {{ ref('as_of') }} as moments
        on links.known_since_at <= moments.as_of_at
    inner join {{ ref('identity_nodes') }} as nodes
        on links.record_id = nodes.record_id
    inner join {{ ref('identity_values') }} as linking
        on links.evidence_hash = linking.evidence_hash
),

must_links as (
    select
        cast(null as varchar) as record_id,
        pairs.decision as rule,
        pairs.decision_id as evidence_hash,
        pairs.left_node,
        pairs.right_node,
        greatest(pairs.valid_from, left_nodes.appears_at, right_nodes.appears_at)
            as valid_from,
        least(pairs.valid_to, left_nodes.goes_at, right_nodes.goes_at) as valid_to
    from {{ ref('identity_pairs_decided') }} as pairs
    left join {{ ref('identity_nodes') }} as left_nodes
        on pairs.left_node = left_nodes.node
    left join {{ ref('identity_nodes') }} as right_nodes
        on pairs.right_node = right_nodes.node
    where pairs.decision = 'must_link'
),

unioned as (
    select * from links
    union all by name
    select * from must_links
)

select
    unioned.*,
    rules.trust,
    rules.joins_accounts,
    unioned.rule = 'user_id' as names_account,
    cast(
        row_number() over (
            order by
                unioned.valid_from, rules.trust, unioned.evidence_hash,
                unioned.left_node, unioned.right_node
        ) - 1
        as integer
    ) as edge
from unioned
inner join {{ ref('identity_rules') }} as rules on unioned.rule = rules.rule
where unioned.valid_to is null or unioned.valid_to > unioned.valid_from
