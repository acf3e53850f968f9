"""Golden profiles: what survives, who may be written to, what the masked mart tells."""
