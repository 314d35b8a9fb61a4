"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The client's address as our own proxies saw it, or "" when nobody knows.

    A client may write into X-Forwarded-For whatever it likes; only the last TRUSTED_PROXIES entries are
    written by proxies of ours, so the client is that many places from the right.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        seen = hops[-min(settings.TRUSTED_PROXIES, len(hops))] or seen
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:
        return ""
    # A socket for both kinds writes IPv4 within IPv6 (RFC 4291, 2.5.5.2): all of it would be one network.
    return str(getattr(address, "ipv4_mapped", None) or address)


def client_agent(request: HttpRequest) -> str:
    """What the client says it is."""
    return request.META.get("HTTP_USER_AGENT", "")[:300]
