"""Where an address that a person typed in may lead us: to public hosts only, unless the settings allow another.

A name is resolved here, once, and the connection goes to the address that was judged: a name that answers something
else the second time leads nowhere.
"""

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PUBLIC_PORTS = (80, 443)
# Networks that carry an IPv4 address inside an IPv6 one.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


class NotPublic(Exception):
    """Within our own network, or a place that no page is served from."""


class NoSuchHost(Exception):
    """No address belongs to this name."""


@dataclass(frozen=True, slots=True)
class Destination:
    host: str
    port: int

    @property
    def is_allowed(self) -> bool:
        """By OUTGOING_HOSTS_ALLOWED: host names, or addresses, that may be anywhere."""
        return self.host in settings.OUTGOING_HOSTS_ALLOWED


def address_of(destination: Destination) -> str:
    """The numeric address to connect to. Raises NotPublic, NoSuchHost."""
    try:
        found = socket.getaddrinfo(destination.host, destination.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoSuchHost from error
    addresses = [str(place[0]) for *_rest, place in found]
    if not addresses:
        raise NoSuchHost
    if destination.is_allowed:
        return addresses[0]
    # One private answer among public ones is no accident.
    if not all(map(is_public, addresses)) or destination.port not in PUBLIC_PORTS:
        raise NotPublic
    return addresses[0]


def is_public(address: str) -> bool:
    """A scope (fe80::1%eth0) never is."""
    if "%" in address:
        return False
    return all(_is_public(each) for each in _meant_by(ipaddress.ip_address(address)))


def _is_public(address: Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _meant_by(address: Address) -> Iterator[Address]:
    """The address, or the IPv4 addresses that it stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED or (address in _COMPATIBLE and not address.is_loopback):
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    carried = [each for each in inside if each is not None]
    yield from carried or [address]
