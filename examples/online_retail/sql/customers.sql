-- One row per customer number, in the country it was last invoiced to.
with seen as (
    select distinct customer_id, country, invoiced_at
    from judged
    where customer_id is not null and invoiced_at is not null
),

moves as (
    select
        *,
        coalesce(country is distinct from lag(country) over history, true) as is_new,
        min(invoiced_at) over (partition by customer_id) as created_at
    from seen
    window history as (partition by customer_id order by invoiced_at, country)
),

latest as (
    select
        *,
        row_number() over (
            partition by customer_id order by invoiced_at desc, country desc
        ) as nth
    from moves
    where is_new
)

select
    latest.customer_id as id,
    countries.code as country_code,
    latest.created_at,
    latest.invoiced_at as updated_at
from latest
left join countries on latest.country = countries.name
where latest.nth = 1
order by id
