-- The newest version of each subscriber record.
{{ first_by(
    ref('base_esp__subscribers'), 'record_id',
    'greatest(updated_at, consent_updated_at) desc, load_seq desc'
) }}
