"""Asking the DNS."""

import dns.exception
import dns.resolver
from django.conf import settings

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
        resolver.nameservers = [server.partition("#")[0] for server in settings.DNS_SERVERS]
        resolver.nameserver_ports = {
            server.partition("#")[0]: int(server.partition("#")[2] or 53) for server in settings.DNS_SERVERS
        }
    try:
        found = resolver.resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return set()
    except (dns.exception.DNSException, OSError) as error:
        raise SilentError(name) from error
    # A text longer than 255 octets comes in pieces that belong together.
    return {b"".join(record.strings).decode("utf-8", "replace") for record in found}
