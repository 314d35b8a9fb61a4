"""An import, step by step: uploaded, looked at, brought in, taken back."""

from clinic.moving.services.running import bring_in, start_import
from clinic.moving.services.undoing import dependents, undo_import
from clinic.moving.services.uploading import clear_uploads, discard_import, preview_import, upload_import

__all__ = [
    "bring_in",
    "clear_uploads",
    "dependents",
    "discard_import",
    "preview_import",
    "start_import",
    "undo_import",
    "upload_import",
]
