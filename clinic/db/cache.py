"""Cache keys that cannot meet across clinics."""

from clinic.db.current import connection

# A log-in is one for all clinics, so its failed attempts are counted in one place for all of them.
OF_LOGINS = "allauth:"


def schema_key(key: str, key_prefix: str, version: int) -> str:
    """The cache key `key` of the schema that the connection is set to."""
    schema = "public" if key.startswith(OF_LOGINS) else connection.schema_name
    return f"{schema}:{key_prefix}:{version}:{key}"
