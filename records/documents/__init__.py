"""Health records with their files, and papers that are verified."""
