"""Since when which record belonged to which: numbers in, numbers out."""

EDGES = """
left_node, right_node, trust, joins_accounts, names_account, valid_from, valid_to
"""
BARRED = "decision = 'cannot_link'"


def model(dbt, session):
    """Hand the graph to the kernel; the models above this give numbers their names."""
    from warehouse.identity.telling import history

    nodes = dbt.ref("identity_nodes").order("node")
    records = nodes.select("appears_at, goes_at, record_limit")
    edges = dbt.ref("identity_edges").order("edge").select(EDGES)
    bars = dbt.ref("identity_pairs_decided").filter(BARRED)
    tables = {"records": records, "edges": edges, "bars": bars}
    return history({name: one.to_arrow_table() for name, one in tables.items()})
