"""The clinic's lists: what the check reads, and how they are loaded."""

from records.medicines.services.known import known_of
from records.medicines.services.loading import LISTS, load_medicines, preview_medicines

__all__ = ["LISTS", "known_of", "load_medicines", "preview_medicines"]
