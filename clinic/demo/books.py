"""The demo's books: what a clinic spends each month, other income, one entry too many, a closed month."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.books.models import BookEntry, Category
from billing.books.models.months import month_after, month_of
from billing.books.services import add_entry, add_usual_categories, close_month, void_entry
from clinic.demo.papers import letter
from clinic.demo.scene import Scene, at
from clinic.money import digits_of, rounded

MONTHS = 3
# In consultations of the dearest doctor: what, on which day of the month, and how many.
SPENT = (
    ("Rent", "Rent", 2, 8),
    ("Wages", "Wages", 27, 24),
    ("Medical materials", "Gloves, swabs, syringes", 9, 4),
    ("Laboratory and services", "City Laboratory, monthly bill", 15, 3),
    ("Office and equipment", "Paper, toner, telephone", 20, 1),
)


def keep_books(scene: Scene, now: datetime) -> None:
    """Once: what was spent in the last months, with bills; the oldest of them is closed."""
    if Category.objects.filter(system="").exists():
        return
    with at(now, scene.admin):
        add_usual_categories(by=scene.admin)
    first = month_after(month_of(now.date()), -MONTHS)
    for number in range(MONTHS + 1):
        _spend(scene, now, number)
    with at(now - timedelta(days=1), scene.admin):
        parking = Category.objects.get(kind="income", name="Other income")
        _enter(scene, parking, 2, "Room let to a dietitian", now.date() - timedelta(days=1), "cash")
        twice = _enter(scene, _spending("Rent"), 8, "Rent", now.date() - timedelta(days=1), "transfer")
    with at(now, scene.admin):
        void_entry(twice, by=scene.admin, reason="Entered twice.")
        close_month(by=scene.admin, month=first)


def _spend(scene: Scene, now: datetime, number: int) -> None:
    """What was spent in the month so many months after the first; each on its day, if that has come."""
    month = month_after(month_of(now.date()), number - MONTHS)
    for name, said, day, fees in SPENT:
        moment = datetime.combine(month.replace(day=day), now.timetz())
        if moment < now:
            with at(moment, scene.admin):
                bills = [letter(said, f"{month:%Y-%m}")] if (name, number) == ("Rent", MONTHS - 1) else []
                _enter(scene, _spending(name), fees, said, moment.date(), "transfer", bills)


def _spending(name: str) -> Category:
    return Category.objects.get(kind="expense", name=name)


def _enter(
    scene: Scene, category: Category, fees: int, said: str, day: Any, method: str, bills: Any = ()
) -> BookEntry:
    fee = max(doctor.consultation_fee or Decimal(1) for doctor in scene.doctors)
    return add_entry(
        by=scene.admin,
        key=f"demo {category.pk} {day} {fees}",
        category=category,
        booked_on=day,
        amount=rounded(fee * fees, digits_of(scene.organization.currency)),
        description=said,
        method=method,
        uploads=bills,
    )
