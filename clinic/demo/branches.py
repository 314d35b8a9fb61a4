"""The demo's rooms, and a second branch where one of the doctors is on some days."""

from typing import Any

from clinic.demo.scene import Scene
from scheduling.models import AvailabilityRule
from scheduling.services import add_branch, add_room, update_availability_rule


def settle_in(scene: Scene) -> None:
    """Each doctor has a room; who is at another branch on some days has one there."""
    by = scene.admin
    main = [add_room(by=by, name=name, purpose=use) for name, use in scene.plan.get("rooms", ())]
    for doctor, room in zip(scene.doctors, main, strict=False):
        for rule in AvailabilityRule.objects.for_doctor(doctor):
            update_availability_rule(rule, by=by, room=room)
    for plan in scene.plan.get("branches", ()):
        open_branch(scene, **plan)


def open_branch(
    scene: Scene, *, rooms: list[list[str]], licence_number: str, days: list[int], **facts: Any
) -> None:
    """A branch with its rooms; the doctor's hours of these days of the week are in the first of them."""
    by = scene.admin
    branch = add_branch(by=by, **facts)
    first, *_others = [add_room(by=by, branch=branch, name=name, purpose=use) for name, use in rooms]
    hours = AvailabilityRule.objects.filter(doctor__licence_number=licence_number, weekday__in=days)
    for rule in hours:
        update_availability_rule(rule, by=by, branch=branch, room=first)
