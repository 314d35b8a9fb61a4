"""The door for gunicorn."""

import os
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application

from clinic.frames import roomy


def open_door() -> Callable[..., Any]:
    """The site, once its database has proved that it keeps every message on its own path (law 13)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    site = get_wsgi_application()
    from clinic.db.base import probe
    from clinic.db.current import connection

    probe(connection)
    connection.close()
    return roomy(site)


application = open_door()
