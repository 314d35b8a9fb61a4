"""What a user may do on this host, from the role table."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied

from accounts.members.roles import Role, allows
from clinic.db.current import connection


class RoleBackend(BaseBackend):
    """Grants by the member the request acts as. Being a superuser opens the platform and no clinic."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether the user's member in this clinic may do `perm`; on the platform, whether it runs it.

        No other backend is asked: Django's own would look for permissions that our users do not have.
        """
        if not self._grants(user_obj, perm):
            raise PermissionDenied
        return True

    def _grants(self, user_obj: Any, perm: str) -> bool:
        if connection.schema_name == "public":
            return user_obj.is_active and user_obj.is_superuser
        if user_obj.support_session:
            return allows(Role.ADMIN, perm)
        return user_obj.member is not None and user_obj.member.may(perm)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether the admin of this host is open to the user."""
        return self.has_perm(user_obj, "members.administer")
