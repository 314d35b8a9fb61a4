"""In the demo the patient whom visitors may be has asked for everything; the copy can be fetched."""

from datetime import datetime, timedelta

from clinic.demo.scene import Scene, at
from clinic.exports.models import Export
from clinic.exports.services import ask_for_mine, make_export


def give_out(scene: Scene, now: datetime) -> None:
    """Once, this morning."""
    if Export.objects.exists():
        return
    with at(now - timedelta(hours=1), scene.guest.member):
        asked = ask_for_mine(by=scene.guest.member)
        make_export(asked.pk)
