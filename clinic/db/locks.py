"""Standing in line: transactions that name the same thing come one after the other."""

from clinic.db.current import connection


def stand_in_line(*names: str) -> None:
    """Wait until nobody else holds any of these names, and hold them until the transaction ends.

    The names are taken in one order, whatever order they are given in, so that nobody waits in a ring. They
    are the whole installation's: a name that could mean something in two clinics carries the schema's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) "
            "FROM unnest(%s::text[]) AS name ORDER BY name",
            [sorted(names)],
        )
