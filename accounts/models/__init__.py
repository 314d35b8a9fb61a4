"""Who logs in, where they belong, where they are signed in, and how often somebody tried."""

from accounts.models.affiliation import Affiliation
from accounts.models.handover import HandOver
from accounts.models.signin import Signin
from accounts.models.tally import Tally
from accounts.models.user import User, UserManager, UserQuerySet

__all__ = ["Affiliation", "HandOver", "Signin", "Tally", "User", "UserManager", "UserQuerySet"]
