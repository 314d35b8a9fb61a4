"""The places where cash is taken."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet


class CashDeskQuerySet(EntityQuerySet):
    """Words for cash desks."""

    def active(self) -> Self:
        """Those in use."""
        return self.filter(is_active=True)

    def free(self) -> Self:
        """Those in use at which no session is open."""
        return self.active().exclude(sessions__status="open")

    def with_session(self, sessions: models.QuerySet) -> Self:
        """With those of `sessions` that are the desk's, in `opened`."""
        return self.prefetch_related(Prefetch("sessions", queryset=sessions, to_attr="opened"))


class CashDesk(Entity):
    """A drawer with money in it."""

    name = models.CharField(
        _("name"),
        max_length=80,
        unique=True,
        error_messages={"unique": _("There is already a cash desk with this name.")},
    )
    is_active = models.BooleanField(_("in use"), default=True, editable=False)

    objects: ClassVar = CashDeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash desk")
        verbose_name_plural = _("cash desks")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="cash_desk_name",
                violation_error_message=_("Give the cash desk a name."),
            ),
        )

    def __str__(self) -> str:
        return self.name
