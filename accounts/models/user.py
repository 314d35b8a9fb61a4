"""Who logs in. One log-in serves every clinic its owner belongs to.

What a person is and may do in a clinic is the clinic's own data (`accounts.members`); nothing here opens a
clinic (DESIGN section 5, laws 8 and 9).
"""

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, Refusal


class UserQuerySet(EntityQuerySet):
    """Words for log-ins."""

    def delete(self) -> NoReturn:
        """Refused: the records a person signed must keep their author."""
        raise Refusal(_("Log-ins are anonymised, never deleted."))

    def search(self, text: str) -> "UserQuerySet":
        """Those whose e-mail or name contains `text`."""
        return self.filter(models.Q(email__contains=text.lower()) | models.Q(name__icontains=text))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Makes log-ins."""

    def create_user(self, email: str, password: str | None = None, **facts: Any) -> "User":
        """A log-in; without a password it cannot be used until one is set by e-mail."""
        user = self.model(email=self.normalize_email(email), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts: Any) -> "User":
        """A log-in that runs the platform; it opens no clinic."""
        return self.create_user(email, password, is_superuser=True, **facts)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """E-mail addresses are compared and stored in small letters."""
        return (email or "").strip().lower()


class User(AbstractBaseUser, Entity):
    """A log-in by e-mail and password."""

    email = models.EmailField(
        _("e-mail"), unique=True, error_messages={"unique": _("There is already a log-in with this e-mail.")}
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_active = models.BooleanField(_("may log in"), default=True)
    is_superuser = models.BooleanField(_("runs the platform"), default=False)
    # Part of what every session must hold: a step ends all of them, in all clinics, at their next request.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    anonymised_at = models.DateTimeField(_("anonymised"), null=True, blank=True, editable=False)
    # Nothing hot in shared rows (law 14): when somebody logged in is in the clinic's session and trail.
    last_login = None

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Set by MemberMiddleware for the one request: the member in whose name the user acts.
    member: Any = None
    support_session: Any = None
    # Set by the query that finds who asks (accounts.second_factor.shown); False is the safe answer.
    has_factor: bool = False

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("email",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="accounts_user_email_lower",
                violation_error_message=_("Write the e-mail in small letters."),
            ),
            models.CheckConstraint(
                condition=models.Q(anonymised_at__isnull=True)
                | models.Q(is_active=False, is_superuser=False),
                name="accounts_user_anonymised_is_closed",
                violation_error_message=_("An anonymised log-in stays closed."),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        """Store the e-mail in small letters."""
        self.email = type(self).objects.normalize_email(self.email)

    def get_full_name(self) -> str:
        """How the person is addressed."""
        return str(self)

    get_short_name = get_full_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session of this log-in holds: it ends with the password and with the epoch.

        Django's own, with the epoch beside the password.
        """
        salt = "accounts.models.User.get_session_auth_hash"
        facts = f"{self.password}\x1f{self.session_epoch}"
        return salted_hmac(salt, facts, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """Whether the admin of this host is open to the user."""
        return self.has_perm("members.administer")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether one of the authentication backends grants `perm`; being a superuser grants nothing here."""
        return self.is_active and _granted(self, "has_perm", perm, obj)

    def has_perms(self, perms: Iterable[str], obj: Any = None) -> bool:
        """Whether every one of `perms` is granted."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether something of the app is open to the user (asked by the admin's front page)."""
        return self.is_active and _granted(self, "has_module_perms", app_label)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: see `services.anonymise_user`."""
        raise Refusal(_("Log-ins are anonymised, never deleted."))


def _granted(user: User, question: str, *args: Any) -> bool:
    for backend in auth.get_backends():
        ask = getattr(backend, question, None)
        try:
            if ask and ask(user, *args):
                return True
        except PermissionDenied:
            return False
    return False
