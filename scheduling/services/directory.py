"""What the clinic tells the public directory."""

from accounts.members.models import DoctorProfile
from clinic.db.current import connection
from scheduling.models import next_free
from scheduling.models.slots import Terms
from scheduling.services.times import takes_bookings
from tenants.services import tell_directory


def describe_clinic() -> None:
    """Tell the directory which specialisations patients may book here, and when the next time is free."""
    doctors = dict(DoctorProfile.objects.bookable().values_list("pk", "specialisation"))
    free = next_free(doctors, terms=Terms(by_patient=True)) if takes_bookings() else {}
    soonest = min((slot.starts_at for slot in free.values()), default=None)
    tell_directory(connection.tenant, specialisations=doctors.values(), next_free_at=soonest)
