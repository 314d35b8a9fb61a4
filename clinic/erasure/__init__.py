"""Forgetting a patient, as far as the law lets a clinic forget: now, or when the time to keep is over."""
