"""Threads that act at the same moment, each on a connection of its own."""

from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Barrier, Thread
from typing import Any

from django.utils import timezone

from clinic.db.current import connection

Order = Callable[[], None]


class Racers:
    """Those who race in one test. They keep their connections: a new one costs more than most acts."""

    def __init__(self) -> None:
        self._orders: list[SimpleQueue[Order | None]] = []
        self._threads: list[Thread] = []
        self._done: SimpleQueue[None] = SimpleQueue()

    def race(self, count: int, act: Callable[[int], Any]) -> list[Any]:
        """Run act(0) … act(count - 1) at the same moment, where the test is; results or exceptions."""
        tenant, zone = connection.tenant, timezone.get_current_timezone()
        start = Barrier(count)
        results: list[Any] = [None] * count

        def run(number: int) -> None:
            connection.set_tenant(tenant)
            connection.audit_context = {}
            timezone.activate(zone)
            start.wait()
            try:
                results[number] = act(number)
            except Exception as error:
                results[number] = error
            finally:
                connection.close_if_unusable_or_obsolete()

        while len(self._threads) < count:
            self._add()
        for number, orders in enumerate(self._orders[:count]):
            orders.put(partial(run, number))
        for _number in range(count):
            self._done.get()
        return results

    def go_home(self) -> None:
        """Close every connection, and end."""
        for orders in self._orders:
            orders.put(None)
        for thread in self._threads:
            thread.join()

    def _add(self) -> None:
        orders: SimpleQueue[Order | None] = SimpleQueue()
        thread = Thread(target=self._obey, args=(orders,))
        thread.start()
        self._orders.append(orders)
        self._threads.append(thread)

    def _obey(self, orders: SimpleQueue[Order | None]) -> None:
        while order := orders.get():
            try:
                order()
            finally:
                self._done.put(None)
        connection.close()
