"""What becomes of the books' entries about a patient's money."""

from billing.books.models import BookEntry, EntryFile
from clinic.erasure.table import declare

for _path in ("invoice__patient", "payment__invoice__patient", "refund__invoice__patient"):
    declare(
        BookEntry,
        _path,
        accounts=("description", "void_reason"),
        stays=("booked_on", "currency", "method", "idempotency_key"),
    )
# Receipts of the clinic's own spending: entries about patients' money have none.
declare(EntryFile, "entry__invoice__patient", stays=("name", "media_type", "sha256", "thumbnail_sha256"))
