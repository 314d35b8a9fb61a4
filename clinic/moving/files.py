"""What an import needs only while it lasts: the uploaded file, what is shown of it, how far it has come.

It lies in a folder of its own beside the clinic's filed documents (it is none), is read by web and worker
alike, and is deleted when the import has ended or after a day. How far an import has come is told here
because its rows are one transaction: nobody else sees them before it ends.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.models import Refusal

UPLOAD = "upload"
PROGRESS = "progress"


class Gone(Refusal):
    """The file is no longer there: a day has passed, or the import has ended."""

    def __init__(self) -> None:
        super().__init__(_("The file is no longer there. Upload it again."))


def root() -> Path:
    """The folder of the clinic we are in."""
    return Path(settings.DATA_DIR) / "moving" / connection.schema_name


def folder(run: Any) -> Path:
    """The folder of one import."""
    return root() / str(run.pk)


def keep(run: Any, content: bytes, name: str = UPLOAD) -> None:
    """Write a file of the import, whole or not at all; a rollback of an upload takes it away again."""
    path = folder(run) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if name == UPLOAD:
        connection.on_rollback(lambda: shutil.rmtree(path.parent, ignore_errors=True))
    part = path.with_name(f"{name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.chmod(0o600)
    part.rename(path)


def content_of(run: Any, name: str = UPLOAD) -> bytes:
    """What was kept. Raises Gone."""
    try:
        return (folder(run) / name).read_bytes()
    except OSError as error:
        raise Gone from error


def is_kept(run: Any, name: str) -> bool:
    """Whether there is such a file of the import."""
    return (folder(run) / name).exists()


def forget(run: Any, name: str) -> None:
    """Delete one file of the import, if it is there."""
    (folder(run) / name).unlink(missing_ok=True)


def drop(run: Any) -> None:
    """Delete all files of the import, if there are any left."""
    shutil.rmtree(folder(run), ignore_errors=True)


def drop_strays(known: set[str]) -> None:
    """Delete the folders of imports that nobody waits for any more."""
    for path in root().iterdir() if root().is_dir() else ():
        if path.name not in known:
            shutil.rmtree(path, ignore_errors=True)


def tell(run: Any, done: int) -> None:
    """Say how many rows an import that runs has brought in."""
    keep(run, str(done).encode(), PROGRESS)


def told(run: Any) -> int:
    """How many rows it has brought in; 0 before the first and after the last."""
    try:
        return int(content_of(run, PROGRESS))
    except (Gone, ValueError):
        return 0
