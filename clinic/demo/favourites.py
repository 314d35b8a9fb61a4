"""What the demo's doctors prescribe again and again."""

from clinic.demo.scene import Scene
from records.models import MedicineLine
from records.services import add_favourite

# How many of the clinic's cases each doctor keeps.
KEPT = 3


def keep_favourites(scene: Scene) -> None:
    """Each doctor keeps a few sheets under the name of what they are for."""
    cases = [case for case in scene.cases if case.get("medicines")]
    for number, doctor in enumerate(scene.doctors):
        for case in cases[number : number + KEPT]:
            lines = [{name: line.get(name, "") for name in MedicineLine.TEXTS} for line in case["medicines"]]
            add_favourite(by=doctor.member, name=case["diagnosis"][:100], lines=lines)
