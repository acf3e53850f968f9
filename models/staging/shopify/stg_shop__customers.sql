-- The newest version of each customer record.
{{ first_by(
    ref('base_shop__customers'), 'record_id', 'updated_at desc, load_seq desc'
) }}
