"""What a user may do on this host, from the role table."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db import connection

from accounts.members.roles import Role, allows


class RoleBackend(BaseBackend):
    """Grants by the member the request acts as. Being a superuser opens the platform and no clinic."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether the user's member in this clinic may do `perm`; on the platform, whether it runs it."""
        if connection.schema_name == "public":
            return user_obj.is_active and user_obj.is_superuser
        if user_obj.support_session:
            return allows(Role.ADMIN, perm)
        return user_obj.member is not None and user_obj.member.may(perm)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether the admin of this host is open to the user."""
        return self.has_perm(user_obj, "members.administer")
