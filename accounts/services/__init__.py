"""What is done with log-ins: the log-ins themselves, and where they are signed in."""

from accounts.services.handing_over import hand_over, hash_of, make_secret, redeem_hand_over
from accounts.services.signins import (
    begin_signin,
    end_signin,
    end_this_signin,
    keep_this_signin,
    note_signin,
    note_use,
    sign_out_everywhere,
)
from accounts.services.users import (
    affiliate,
    affiliate_here,
    anonymise_user,
    deactivate_user,
    forget_place,
    has_verified,
    reactivate_user,
    release_email,
    send_reset,
    verify_email,
)

__all__ = [
    "affiliate",
    "affiliate_here",
    "anonymise_user",
    "begin_signin",
    "deactivate_user",
    "end_signin",
    "end_this_signin",
    "forget_place",
    "hand_over",
    "has_verified",
    "hash_of",
    "keep_this_signin",
    "make_secret",
    "note_signin",
    "note_use",
    "reactivate_user",
    "redeem_hand_over",
    "release_email",
    "send_reset",
    "sign_out_everywhere",
    "verify_email",
]
