"""Backup and restore of one clinic: its schema, the shared rows it needs, its files (docs/backup.md).

Read in this order: `container` (the file), `archive` (what is in it), `tables` (rows out and in), `people`
(log-ins), `table` (what the rooms declare), `making`, `checking`, `restoring`, `swapping`.
"""
