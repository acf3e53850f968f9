-- The operator's list; of an id that no product has, the product it may have meant.
with listed as (
    {%- for product_id in var('suppressed_products') %}
    select '{{ product_id | string | replace("'", "''") }}' as product_id
    {{ 'union' if not loop.last }}
    {%- else %}
    select cast(null as varchar) as product_id
    where false
    {%- endfor %}
),

compared as (
    select
        listed.product_id,
        products.product_id as nearest_product_id,
        products.title as nearest_product_name,
        row_number() over (
            partition by listed.product_id
            order by
                least(
                    levenshtein(lower(listed.product_id), lower(products.product_id)),
                    levenshtein(lower(listed.product_id), lower(products.title))
                ),
                products.product_id
        ) as place
    from listed
    left join {{ ref('shop_products') }} as products on true
)

select
    product_id,
    coalesce(product_id = nearest_product_id, false) as is_known,
    nearest_product_id,
    nearest_product_name
from compared
where place = 1
