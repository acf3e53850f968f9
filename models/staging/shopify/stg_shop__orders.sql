-- The newest version of each order of each buyer.
{{ first_by(ref('base_shop__orders'), 'order_key', 'updated_at desc, load_seq desc') }}
