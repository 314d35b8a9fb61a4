"""What tables bring in of people: patients and doctors."""

from accounts.members.moving.doctors import Doctors
from accounts.members.moving.patients import Patients

__all__ = ["Doctors", "Patients"]
