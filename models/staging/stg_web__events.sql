-- The first received of each event; what a client sent again is a duplicate.
{{ first_by(ref('base_web__events'), 'event_id', 'received_at') }}
