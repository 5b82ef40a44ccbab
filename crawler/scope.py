"""Scope: which hosts a scan may ask, and which addresses those hosts may resolve to.

Traffic goes only to hosts that the configuration names. A configured host may lie in a private
network when its site says ``allow_private``; an address that comes from page content never may.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from config.schema import Site

DEFAULT_PORTS = {"http": 80, "https": 443}


def host_key(url: str) -> str:
    """What politeness and scope count as one host: ``name``, or ``name:port`` for unusual ports.

    Empty for an address without a host or with a port that is none.
    """
    end = url.find("/", 8)
    return _key_of(url if end < 0 else url[:end])


@lru_cache(maxsize=1024)
def _key_of(origin: str) -> str:
    try:
        parts = urlsplit(origin)
        name, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if name and port is not None and port != DEFAULT_PORTS.get(parts.scheme):
        return f"{name}:{port}"
    return name


def server_key(url: str) -> str:
    """What takes turns together: a host with its ``www.`` twin."""
    return host_key(url).removeprefix("www.")


def _literal(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def _twin(key: str) -> str:
    """The same host with or without ``www.``; itself for a literal address or ``localhost``."""
    name = key.partition(":")[0]
    if _literal(name) or "." not in name:
        return key
    return key[4:] if key.startswith("www.") else f"www.{key}"


@dataclass(frozen=True, slots=True)
class _Host:
    site_id: str
    allow_private: bool


class Scope:
    """The configured hosts, by ``host_key``."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._hosts: dict[str, _Host] = {}
        self._names: dict[str, bool] = {}
        self._own: set[tuple[str, str]] = set()
        for site in sites:
            own = _Host(site.id, site.allow_private)
            keys = [host_key(str(site.url)), *(host_key(f"http://{h}") for h in site.hosts)]
            if site.unit_index is not None:
                keys.append(host_key(str(site.unit_index)))
            for key in filter(None, keys):
                for spelling in (key, _twin(key)):
                    self._hosts.setdefault(spelling, own)
                    self._own.add((site.id, spelling))
                    name = spelling.rpartition(":")[0] or spelling
                    self._names[name] = self._names.get(name, False) or site.allow_private

    def admit(self, site_id: str, key: str) -> None:
        """Count one more host (a ``host_key``) to a site, found while exploring it. It comes from
        page content: it may never lie in a private network."""
        for spelling in (key, _twin(key)):
            self._hosts.setdefault(spelling, _Host(site_id, allow_private=False))
            self._own.add((site_id, spelling))
            self._names.setdefault(spelling.rpartition(":")[0] or spelling, False)

    def dismiss(self, site_id: str, key: str) -> None:
        """Take back ``admit``."""
        for spelling in (key, _twin(key)):
            self._own.discard((site_id, spelling))
            self._hosts.pop(spelling, None)
            self._names.pop(spelling.rpartition(":")[0] or spelling, None)

    def servers(self, site_id: str) -> set[str]:
        """The ``server_key`` of each of a site's hosts."""
        return {key.removeprefix("www.") for owner, key in self._own if owner == site_id}

    def covers(self, url: str) -> bool:
        """Whether the address lies on a configured host."""
        return self.site_of(url) is not None

    def site_of(self, url: str) -> str | None:
        """Id of the site whose host it is; ``None`` outside the scope."""
        found = self._hosts.get(host_key(url))
        return found.site_id if found else None

    def owns(self, site_id: str, url: str) -> bool:
        """Whether the address lies on a host of this site (sites may share hosts)."""
        return (site_id, host_key(url)) in self._own

    def may_connect(self, name: str, address: str) -> bool:
        """Whether a configured host may be reached at this IP address (asked after DNS)."""
        ip = _literal(address.partition("%")[0])
        if ip is None or name not in self._names:
            return False
        if isinstance(ip, ipaddress.IPv6Address):
            inner = embedded(ip)
            if inner is not None and ip.ipv4_mapped is None and not inner.is_global:
                return False  # a way round to what is private, whoever gives it
            ip = inner if ip.ipv4_mapped is not None and inner is not None else ip
        if ip.is_global and not ip.is_multicast:
            return True
        if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
            return False
        if ip.is_loopback and is_loopback_name(name):
            return True
        return self._names[name]


_TRANSLATED = (
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), 0),
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
"""NAT64, IPv4-compatible and 6to4 addresses: where in them an IPv4 address stands, in bits from the
right."""


def embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to (RFC 4291, 6052, 3056, 4380); ``None``: none."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.teredo is not None:
        return ip.teredo[1]
    if int(ip) <= 1:
        return None  # :: and ::1
    for network, shift in _TRANSLATED:
        if ip in network:
            return ipaddress.IPv4Address((int(ip) >> shift) & 0xFFFFFFFF)
    return None


_SECOND = frozenset(["gov", "com", "org", "net", "edu", "ac", "mil"])


def related(key: str, other: str) -> bool:
    """Whether two hosts lie under one registered domain (``xxgk.x.gov.cn``, ``www.x.gov.cn``), or
    are names of one server of this machine."""
    (name, _, port), (other_name, _, other_port) = key.partition(":"), other.partition(":")
    if is_loopback_name(name) and is_loopback_name(other_name):
        return port == other_port
    one, two = _domain(key), _domain(other)
    return bool(one) and one == two


def _domain(key: str) -> str:
    """The registered domain of a host; empty for addresses and for names without one."""
    name = key.partition(":")[0]
    labels = name.split(".")
    if key.startswith("[") or _literal(name) is not None or len(labels) < 2:
        return ""
    size = 3 if len(labels) >= 3 and labels[-2] in _SECOND and len(labels[-1]) == 2 else 2
    if size == 2 and labels[-2] in _SECOND:
        return ""
    return ".".join(labels[-size:])


def is_loopback_name(name: str) -> bool:
    """Whether a host is loopback by its very name (``127.0.0.1``, ``localhost``, ``::1``)."""
    literal = _literal(name)
    return name == "localhost" or (literal is not None and literal.is_loopback)
