"""Backfill from files: rows become events by the same rules as the mutation's input."""
