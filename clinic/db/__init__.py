"""The database: a backend that fails closed, roles per clinic, and what migrations need to enforce rules."""
