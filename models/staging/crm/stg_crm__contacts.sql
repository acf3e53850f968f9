-- The newest version of each contact.
{{ first_by(ref('base_crm__contacts'), 'record_id', 'updated_at desc, load_seq desc') }}
