"""What the demo's own patient has from before: what stands in the card, and what was told."""

from datetime import date, datetime

from clinic.demo.scene import Scene, at
from records.history.models import Immunization
from records.history.services import add_immunization, add_past_procedure

VACCINATIONS = (
    ("Measles, mumps, rubella", "2", date(1996, 5, 1), "year"),
    ("Hepatitis B", "3", date(2011, 9, 14), "day"),
    ("Tetanus, diphtheria", "booster", date(2021, 3, 2), "day"),
)


def tell_history(scene: Scene, now: datetime) -> None:
    """Once, when the clinic is new."""
    if Immunization.objects.filter(patient=scene.guest).exists():
        return
    doctor = scene.doctors[0].member
    with at(now, doctor):
        born = scene.guest.date_of_birth or date(1980, 1, 1)
        for vaccine, dose, day, precision in VACCINATIONS:
            told = {"title": vaccine, "dose": dose, "source": "The vaccination card"}
            add_immunization(scene.guest, by=doctor, on=max(day, born), precision=precision, **told)
        told = {"title": "Removal of the tonsils", "source": "The patient", "outcome": "No complications"}
        day = max(date(2003, 7, 1), born)
        add_past_procedure(scene.guest, by=doctor, on=day, precision="month", **told)
