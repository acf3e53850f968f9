-- The newest version of each subscriber record.
{{ first_by(ref('base_esp__subscribers'), 'record_id', 'updated_at desc') }}
