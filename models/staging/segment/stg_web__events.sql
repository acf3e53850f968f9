-- The first received of each event; what a client sent again is a duplicate.
{{ first_told('web', 'events') }}
