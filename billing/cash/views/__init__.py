"""The pages of the cash desks."""

from billing.cash.views.desks import add_desk, desk_list, reopen_desk, retire_desk
from billing.cash.views.sessions import (
    close_session,
    join_session,
    leave_session,
    move_cash,
    my_session,
    open_session,
    session,
    session_list,
    session_pdf,
    session_sheet,
)
from billing.cash.views.takings import takings, takings_pdf

__all__ = [
    "add_desk",
    "close_session",
    "desk_list",
    "join_session",
    "leave_session",
    "move_cash",
    "my_session",
    "open_session",
    "reopen_desk",
    "retire_desk",
    "session",
    "session_list",
    "session_pdf",
    "session_sheet",
    "takings",
    "takings_pdf",
]
