-- The last landed version of each refund.
{{ first_by(ref('base_shop__refunds'), 'refund_id', 'load_seq desc') }}
