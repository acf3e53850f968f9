"""The kernel: the only package that opens DuckDB, runs dbt and writes publications."""
