"""Room for the calls of a request.

CPython keeps the frames of calls in pieces of 16 kB, and gives a piece back to the system as soon as the call
that needed it returns. A page that crosses the edge of a piece within a loop asks the system for memory and
gives it back at every turn, and where the edges lie is a matter of luck: the day sheet did so 660 times, for
a tenth of its CPU.
"""

from collections.abc import Callable
from typing import Any

# Of 8 bytes each: a frame of just over 256 kB needs a piece of 512 kB, whose other half is room for calls.
# What nobody writes to takes up addresses only, and no memory.
SLOTS = 32_000


def roomy(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function; whatever it calls has its frames in one piece of memory, as far as they fit."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    call.__code__ = call.__code__.replace(co_stacksize=SLOTS)
    return call
