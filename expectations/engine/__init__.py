"""What every gate shares: rules, profiles, and the one road to Great Expectations."""
