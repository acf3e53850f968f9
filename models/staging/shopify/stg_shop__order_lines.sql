-- The last landed version of each line.
{{ first_by(ref('base_shop__order_lines'), 'order_line_id', 'load_seq desc') }}
