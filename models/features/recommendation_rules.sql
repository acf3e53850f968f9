-- The vars that recommendations obey, handed on as a table to those who know no vars.
select
    {{ var('recommendations_per_customer') | int }} as recommendations_per_customer,
    {{ var('neighbors_per_product') | int }} as neighbors_per_product,
    {{ var('just_bought_days') | int }} as just_bought_days
