"""What becomes of a patient's insurances."""

from billing.insurance.models import Policy
from clinic.erasure.table import declare, told_of

declare(Policy, "patient", now=("member_number",), stays=("currency", "valid_from", "valid_until"))
told_of(Policy, "patient")
