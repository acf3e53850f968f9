"""What Tessera costs and how good it is, in figures; one file a subject."""
