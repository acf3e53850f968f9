"""What customers did to products is all accounted for; what is kept back is known."""

from expectations.engine.rules import NoOffenders

NOBODY = """
    select case when (select count(*) from identity.golden_profiles) = 0
        then 'there are no customers yet' end
"""
RECONCILED = NoOffenders(
    entry="product_acts_reconciled",
    expects="Every look, cart and purchase of a product is used or has a reason",
    table="features.interaction_reconciliation",
    offenders="""
        with counted as (
            select sum(act_count) as act_count from (
                select act_count from features.daily_product_states
                union all select act_count from features.bought_products
            )
        ), told as (
            select sum(act_count) as act_count
            from features.interaction_reconciliation
        )
        select counted.act_count as counted, told.act_count as told_of
        from counted cross join told
        where counted.act_count is distinct from told.act_count
    """,
    unless=NOBODY,
    remedy="A join in models/features/product_acts.sql loses or repeats rows",
)
SUPPRESSED_KNOWN = NoOffenders(
    entry="suppressed_products_known",
    expects="Every product of the var suppressed_products is in the catalogue",
    table="features.suppressed_products",
    offenders="""
        select 'No product has the id `' || product_id || '`' || coalesce(
            '. Did you mean `' || nearest_product_id || '` (' || nearest_product_name
                || ')?', '') as told
        from features.suppressed_products where not is_known
    """,
    noun="product",
    severity="warn",
    unless=NOBODY,
    remedy="Correct the var suppressed_products in dbt_project.yml",
)
