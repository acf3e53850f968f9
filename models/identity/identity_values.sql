-- Values are numbered after all records; a record that a decision names is itself.
select
    evidence_hash,
    cast(
        (select count(*) from {{ ref('identity_nodes') }})
        + row_number() over (order by evidence_hash) - 1
        as integer
    ) as node
from (select distinct evidence_hash from {{ ref('identity_links') }}) as linking
union all
select
    named.evidence_hash,
    nodes.node
from (
    select distinct evidence_hash from {{ ref('identity_named_values') }}
) as named
inner join {{ ref('identity_nodes') }} as nodes
    on named.evidence_hash = md5('record|' || nodes.record_id)
