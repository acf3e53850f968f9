"""Who was who at each moment: connected components of the links known by then."""

# Records are numbered by arrival, and the values that link them after all records, so
# that a component's first node is its oldest record.
NODES = """
select
    row_number() over (order by records.first_received_at, records.record_id) - 1
        as node,
    records.record_id
from identity_records as records
left join identity_bots as bots
    on records.record_id = bots.record_id and bots.known_since_at <= $moment
where records.first_received_at <= $moment and bots.record_id is null
order by node
"""
EDGES = """
select
    nodes.node as left_node,
    (select count(*) from identity_nodes)
    + dense_rank() over (order by links.evidence_hash) - 1 as right_node
from identity_links as links
inner join identity_nodes as nodes on links.record_id = nodes.record_id
where links.known_since_at <= $moment
    and (links.retracted_at is null or links.retracted_at > $moment)
"""
NAMED = """
select
    $moment::timestamp as as_of_at,
    nodes.record_id,
    'c_' || left(md5(roots.record_id), 16) as customer_id
from identity_nodes as nodes
left join identity_roots on nodes.node = identity_roots.node
inner join identity_nodes as roots
    on coalesce(identity_roots.root, nodes.node) = roots.node
"""


def model(dbt, session):
    """One row per moment and record; a customer is named after its first record."""
    import pyarrow as pa

    session.register("identity_records", dbt.ref("records").to_arrow_table())
    session.register("identity_bots", dbt.ref("bot_visitors").to_arrow_table())
    session.register("identity_links", dbt.ref("identity_links").to_arrow_table())
    moments = dbt.ref("feature_moments").order("as_of_at").fetchall()
    return pa.concat_tables([known_at(session, moment) for moment, _ in moments])


def known_at(session, moment):
    """The customers of one moment."""
    session.register("identity_nodes", read(session, NODES, moment))
    edges = read(session, EDGES, moment)
    session.register("identity_roots", roots(edges))
    return read(session, NAMED, moment)


def roots(edges):
    """For each node of an edge, the first node that it is connected with."""
    import numpy as np
    import pyarrow as pa
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left, right = edges["left_node"].to_numpy(), edges["right_node"].to_numpy()
    size = int(max(left.max(initial=-1), right.max(initial=-1))) + 1
    graph = coo_array((np.ones(left.size, np.int8), (left, right)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    _, first, member = np.unique(component, return_index=True, return_inverse=True)
    return pa.table({"node": np.arange(size), "root": first[member]})


def read(session, query, moment):
    """A query's rows as an Arrow table."""
    return session.sql(query, params={"moment": moment}).to_arrow_table()
