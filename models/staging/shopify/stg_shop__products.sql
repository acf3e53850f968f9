-- The newest version of each product.
{{ first_by(
    ref('base_shop__products'), 'product_id', 'updated_at desc nulls last, load_seq desc'
) }}
