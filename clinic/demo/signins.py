"""The demo's administrators were signed in with their phones, too."""

from datetime import datetime, timedelta

from accounts.models import Signin
from accounts.services import note_signin
from clinic.demo.scene import Scene, at

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
# Of a network that exists in examples only (RFC 5737).
ADDRESS = "198.51.100.23"


def sign_in_by_phone(scene: Scene, now: datetime) -> None:
    """Once, yesterday."""
    user, clinic = scene.admin.user, scene.organization
    if user is None or Signin.objects.filter(user_id=user.pk, organization=clinic).exists():
        return
    with at(now - timedelta(hours=26), None):
        note_signin(user, organization=clinic, address=ADDRESS, agent=PHONE)
