"""Cache keys that cannot meet across clinics."""

from django.db import connection


def schema_key(key: str, key_prefix: str, version: int) -> str:
    """The cache key `key` of the schema that the connection is set to."""
    return f"{connection.schema_name}:{key_prefix}:{version}:{key}"
