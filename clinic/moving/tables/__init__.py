"""Tables that rooms take in: which columns they have, what is wrong with a row, what it becomes."""

from clinic.moving.tables.columns import Column, Unreadable
from clinic.moving.tables.taker import TAKERS, Alike, Problem, Taker, batched, takes, too_fine

__all__ = ["TAKERS", "Alike", "Column", "Problem", "Taker", "Unreadable", "batched", "takes", "too_fine"]
