"""What becomes of what an import has noted of a person who is erased."""

from clinic.erasure.table import IDENTITY, NO_FACTS, WORD, Fate, declare, enter
from clinic.moving.models import ImportedRecord, ImportRun

# The key that the person had in the system they came from.
declare(ImportedRecord, "record_id", delete=IDENTITY)
# A file is often called like the patient it is of; so are those of a ZIP that could not be read.
enter(
    Fate(
        ImportRun,
        (("id", ImportedRecord._meta.db_table, "run_id"), ("record_id",)),
        {IDENTITY: {"file_name": WORD, "format": NO_FACTS}},
    )
)
