-- Of what was decided of a pair at one moment, the most careful counts.
{{ first_by(
    ref('base_identity__decisions'), 'decision_id', 'decision, decided_by, reason'
) }}
