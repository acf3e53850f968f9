-- The first received of each event; what the service posted again is a duplicate.
{{ first_by(ref('base_esp__events'), 'event_id', 'received_at') }}
