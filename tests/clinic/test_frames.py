"""A loop of calls deep in a request does not ask the system for memory at every turn."""

import resource
from collections.abc import Callable

from clinic.frames import roomy

DEPTHS, TURNS = 150, 100


def down(depth: int, work: Callable[[], None]) -> None:
    """Do the work that many calls deeper."""
    if depth:
        down(depth - 1, work)
    else:
        work()


def loop() -> None:
    for _turn in range(TURNS):
        down(1, int)


def at_every_depth() -> int:
    """How often the system had to give memory while the loop ran, wherever the edges of the pieces lie."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for depth in range(DEPTHS):
        down(depth, loop)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_a_loop_of_calls_does_not_ask_for_memory_at_every_turn() -> None:
    """Sabotage: answer `function` itself from `roomy`, and this fails (CPython 3.11 to 3.13)."""
    assert roomy(at_every_depth)() < TURNS


def test_arguments_and_answer_pass_through() -> None:
    assert roomy(divmod)(7, 2) == (3, 1)
    assert roomy(int)("11", base=2) == 3
