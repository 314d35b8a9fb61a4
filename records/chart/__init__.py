"""A patient's whole record on one page, and who looked at it."""
