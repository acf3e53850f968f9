"""Tests of the ledger of memberships: an oracle, faults, causes."""
