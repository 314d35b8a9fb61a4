"""Cash desks, their sessions, and what moved in their drawers."""

from billing.cash.models.desks import CashDesk
from billing.cash.models.movements import CashMovement
from billing.cash.models.sessions import CashCount, CashSession, CashShift
from billing.cash.models.takings import Outside, Taking, Takings, of_day, of_session, without_session

__all__ = [
    "CashCount",
    "CashDesk",
    "CashMovement",
    "CashSession",
    "CashShift",
    "Outside",
    "Taking",
    "Takings",
    "of_day",
    "of_session",
    "without_session",
]
