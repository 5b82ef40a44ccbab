"""The certificate that a server shows: read whether or not its chain is trusted here."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import httpx
from cryptography import x509
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificate:
    """What counts of a server's certificate; instants are aware."""

    since: datetime
    until: datetime
    names: tuple[str, ...]
    """Host names (in lower case, perhaps with a wildcard) and addresses that it is for."""

    def covers(self, host: str) -> bool:
        """Whether it is for this host name or address."""
        host = host.lower().rstrip(".")
        return any(_matches(name, host) for name in self.names)


def _matches(name: str, host: str) -> bool:
    if name == host:
        return True
    label, _, rest = host.partition(".")
    return bool(label) and name.startswith("*.") and name[2:] == rest


def read_certificate(der: bytes) -> Certificate | None:
    """A certificate in DER; ``None`` when it cannot be read."""
    try:
        found = x509.load_der_x509_certificate(der)
        names = _names(found)
        return Certificate(found.not_valid_before_utc, found.not_valid_after_utc, names)
    except (ValueError, TypeError, x509.UnsupportedGeneralNameType):
        return None


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        # No browser looks at it any more; some in-house authorities still write nothing else.
        common = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return tuple(str(c.value).lower() for c in common)
    hosts = [n.lower() for n in named.get_values_for_type(x509.DNSName)]
    addresses: list[Any] = list(named.get_values_for_type(x509.IPAddress))
    return (*hosts, *(str(a) for a in addresses))


@lru_cache(maxsize=1)
def strict() -> ssl.SSLContext:
    """As a browser: the authorities that come with the program, and the system's own."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


@lru_cache(maxsize=1)
def lenient() -> ssl.SSLContext:
    """Whatever certificate and however old the protocol: only for reading what a server shows.
    Nothing but a request for a public page is ever sent over it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context
