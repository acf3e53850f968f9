-- Who asked to be erased and is not yet: `tessera erase --requested` takes the row too.
{{ first_by(ref('base_identity__erasures'), 'erasure_id', 'requested_at nulls last') }}
