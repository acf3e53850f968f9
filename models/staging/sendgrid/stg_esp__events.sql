-- The first received of each event; what the service sent again is a duplicate.
{{ first_told('esp', 'events') }}
