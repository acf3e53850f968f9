"""Golden profiles: what survives, who may be written to, and what the masked mart tells."""
