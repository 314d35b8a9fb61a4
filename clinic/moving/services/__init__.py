"""An import, step by step: uploaded, looked at, brought in, taken back."""

from clinic.moving.services.looking import is_being_looked_at, look_or_say_why_not, stumbled
from clinic.moving.services.running import bring_in, start_import
from clinic.moving.services.tables import change_shape, decide_row, map_columns, start_table, upload_table
from clinic.moving.services.undoing import changed_since, dependents, made_by, take_back_or_keep, undo_import
from clinic.moving.services.uploading import clear_uploads, discard_import, preview_import, upload_import

__all__ = [
    "bring_in",
    "change_shape",
    "changed_since",
    "clear_uploads",
    "decide_row",
    "dependents",
    "discard_import",
    "is_being_looked_at",
    "look_or_say_why_not",
    "made_by",
    "map_columns",
    "preview_import",
    "start_import",
    "start_table",
    "stumbled",
    "take_back_or_keep",
    "undo_import",
    "upload_import",
    "upload_table",
]
