"""Asking the DNS."""

import dns.exception
import dns.resolver
from django.conf import settings
from dns.nameserver import Do53Nameserver

# Of all attempts together.
SECONDS = 8.0


class SilentError(Exception):
    """No name server gave an answer."""


def txt_records(name: str) -> set[str]:
    """The texts of the TXT records of `name` (RFC 1035, 3.3.14); none where there is no such name.

    Raises SilentError when nobody answers, which proves nothing either way.
    """
    resolver = dns.resolver.Resolver(configure=not settings.DNS_SERVERS)
    if settings.DNS_SERVERS:
        named = (server.partition("#") for server in settings.DNS_SERVERS)
        resolver.nameservers = [Do53Nameserver(address, int(port or 53)) for address, _sign, port in named]
    try:
        found = resolver.resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return set()
    except (dns.exception.DNSException, OSError) as error:
        raise SilentError(name) from error
    # A text longer than 255 octets comes in pieces that belong together.
    return {b"".join(record.strings).decode("utf-8", "replace") for record in found}
