"""The demo's reminders: two days before, while the visit can still be moved, and once more the same day."""

from clinic.demo.scene import Scene
from scheduling.services import update_booking_policy


def set_reminders(scene: Scene) -> None:
    """When this clinic reminds its patients. Who reminds them is the worker, and in the story the evening."""
    update_booking_policy(by=scene.admin, email_reminder_hours=[48], sms_reminder_hours=[4])
