"""Our own front desk, asked as the peers are: by its pages, in this process."""

import secrets
from functools import partial
from itertools import product

from accounts.members.roles import Role
from clinic.bench import posts, world
from clinic.bench.peers import driving
from clinic.bench.world import Clinic
from clinic.bench.wsgi import Application, ask, cost


class Desk(driving.Desk):
    """The front desk of a clinic of the bench."""

    def __init__(self, application: Application, clinic: Clinic) -> None:
        self.application = application
        self.clinic = clinic
        self.page = clinic.day_sheet()
        later = world.times(clinic.monday + posts.LATER * world.WEEK)
        self.free = product(later, list(enumerate(clinic.doctors)))

    def fill(self, rows: int) -> None:
        """The bench's clinics have a day of that many visits."""
        driving.expect(len(self.page.rows) == rows, f"the day has {len(self.page.rows)} visits")

    def day(self, times: int) -> dict[str, float]:
        """The day sheet."""
        page = self.page
        costs, answers = cost([partial(ask, self.application, page.host, page.path, page.cookie)] * times)
        for answer in answers:
            page.check(answer.status, answer.body)
        return costs

    def book(self, times: int) -> dict[str, float]:
        """The form that books a visit: one POST."""
        wishes = []
        for _time in range(times):
            at, (place, doctor) = next(self.free)
            wishes.append(world.booked(doctor, self.clinic.patients[place], at))
        host, cookie = self.clinic.organization.host(), self.clinic.cookies[Role.RECEPTIONIST]
        forms = [posts.form(wish, secrets.token_hex(12)) for wish in wishes]
        costs, answers = cost(
            partial(ask, self.application, host, posts.PATH, cookie, form) for form in forms
        )
        shown = [
            posts.Answer(int(answer.status.split()[0]), answer.headers.get("Location", ""))
            for answer in answers
        ]
        posts.check(self.clinic, wishes, shown)
        return costs
