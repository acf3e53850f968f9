"""Erasure: takes a person out of whatever Tessera keeps, and proves that it did."""
