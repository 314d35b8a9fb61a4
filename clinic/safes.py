"""What has to be read again, so that a hash will not do: encrypted with keys made of the installation's."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def safe_for(salt: str, purpose: str) -> MultiFernet:
    """Fernet (AES-128-CBC and HMAC-SHA256): https://github.com/fernet/spec/blob/master/Spec.md.

    What was sealed for one purpose opens for no other. The first key encrypts, the others only decrypt: a new
    SECRET_KEY, the old one among the SECRET_KEY_FALLBACKS, loses nothing.
    """
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = [salted_hmac(salt, purpose, secret=secret, algorithm="sha256") for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest.digest())) for digest in digests])
