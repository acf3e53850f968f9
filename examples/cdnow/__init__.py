"""Eighteen months of a CD shop's purchases: who bought on which day, for how much."""
