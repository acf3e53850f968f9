"""Tests of channels and attribution: the peers' cases, an oracle, a whole shop."""
