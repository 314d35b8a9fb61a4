"""Many clients of PostgreSQL in one process, cheap enough not to be what is measured.

A client is a generator: it yields a statement, and is sent what became of it. The clients share one loop
over libpq's own sockets, so that fifty of them wait for the server and not for each other.
"""

import selectors
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus

FINE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


@dataclass(frozen=True)
class Answer:
    """What became of a message: the rows of its last statement, or the SQLSTATE of its error."""

    rows: int = 0
    error: str = ""


Client = Generator[str, Answer, None]


@dataclass
class Race:
    """What the clients of one run went through."""

    seconds: float = 0.0
    attempts: int = 0
    won: int = 0
    longest: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Attempts a second."""
        return self.attempts / self.seconds

    def note(self, since: float, *, won: bool) -> None:
        """Count an attempt that began at `since` (perf_counter)."""
        self.attempts += 1
        self.won += won
        self.longest = max(self.longest, time.perf_counter() - since)


@contextmanager
def connected(url: str, number: int) -> Iterator[list[psycopg.Connection]]:
    """That many connections, in autocommit."""
    connections = [psycopg.connect(url, autocommit=True) for _number in range(number)]
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()


def run(connections: list[psycopg.Connection], clients: list[Client]) -> tuple[float, list[str]]:
    """Let every client have its own connection until all are done.

    Answers the seconds from the first message on, and the SQLSTATEs of what went wrong.
    """
    first = [next(client) for client in clients]
    errors: list[str] = []
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for connection, client, message in zip(connections, clients, first, strict=True):
            selector.register(connection.fileno(), selectors.EVENT_READ, (connection, client))
            connection.pgconn.send_query(message.encode())
        while selector.get_map():
            for key, _event in selector.select():
                connection, client = key.data
                answer = _received(connection)
                if answer is None:
                    continue
                if answer.error:
                    errors.append(answer.error)
                try:
                    connection.pgconn.send_query(client.send(answer).encode())
                except StopIteration:
                    selector.unregister(key.fileobj)
    return time.perf_counter() - started, errors


def _received(connection: psycopg.Connection) -> Answer | None:
    """The whole answer, or None while some of it is on its way."""
    pgconn = connection.pgconn
    pgconn.consume_input()
    answer = Answer()
    while not pgconn.is_busy():
        result = pgconn.get_result()
        if result is None:
            return answer
        if result.status in FINE:
            answer = Answer(rows=result.ntuples)
        else:
            answer = Answer(error=(result.error_field(DiagnosticField.SQLSTATE) or b"?").decode())
    return None
