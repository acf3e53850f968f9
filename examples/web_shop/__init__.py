"""Days of a shop's raw web events: a stream without shop export, e-mail or CRM."""
