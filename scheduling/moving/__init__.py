"""What tables bring in of the calendar: the price list, and visits that were and will be."""

from scheduling.moving.prices import Prices
from scheduling.moving.visits import Visits

__all__ = ["Prices", "Visits"]
