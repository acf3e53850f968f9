-- Who asked to be erased and is not yet: `tessera erase --requested` takes the row away.
{{ first_by(ref('base_identity__erasures'), 'erasure_id', 'requested_at nulls last') }}
