"""Requests to other hosts that cannot be led elsewhere: names are resolved once, and checked.

An address of a client's choice (a subscriber, an input by reference) could make the server speak to
machines that only the server reaches. So the name is resolved once, every address that it has must
be admitted, and the connection goes to the very address that was checked; the certificate is still
checked for the name. Redirects are answers like others and are not followed.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from typing import override
from urllib.parse import urlsplit

from casa_ogc import __version__
from casa_processes.common.errors import CasaError, InvalidValueError

type Address = IPv4Address | IPv6Address

LONGEST = 2048
"""Characters of an address."""
_PORTS = {"http": 80, "https": 443}
_TRANSLATED = tuple(
    map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
)
_BLOCK = 64 * 1024
_FAILURES = (OSError, http.client.HTTPException, ValueError)


class RefusedAddressError(CasaError):
    """An address that this server does not speak to."""

    def __init__(self, address: str, reason: str) -> None:
        self.address, self.reason = address, reason
        super().__init__(address, reason)

    def __str__(self) -> str:
        return f"{self.address!r} is not admitted: {self.reason}"


class UnreachableError(CasaError):
    """A host that does not answer as asked."""

    def __init__(self, host: str, reason: str) -> None:
        self.host, self.reason = host, reason
        super().__init__(host, reason)

    def __str__(self) -> str:
        return f"{self.host} cannot be asked: {self.reason}"


@dataclass(frozen=True)
class Target:
    """Where a request goes.

    Attributes
    ----------
    scheme, host, port
        As written; the host in lower case.
    path
        Path and query.
    """

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True)
class Reply:
    """What a host answered."""

    status: int
    media_type: str
    body: bytes


def parse_target(what: str, text: object) -> Target:
    """Read an address of HTTP.

    Parameters
    ----------
    what
        Name of the value, for the error.
    text
        What a client sent.

    Raises
    ------
    InvalidValueError
        When it is no address of HTTP or HTTPS, names a user, or holds white space, controls or
        letters outside ASCII.
    """
    expected = "an absolute http or https address without user and password"
    if not isinstance(text, str) or len(text) > LONGEST or not _plain(text):
        raise InvalidValueError(what, text, expected)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise InvalidValueError(what, text, expected) from None
    named = parts.scheme in _PORTS and parts.hostname
    if not named or "@" in parts.netloc or "\\" in text or port == 0:
        raise InvalidValueError(what, text, expected)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, str(parts.hostname), port or _PORTS[parts.scheme], path)


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the internet, and not of this machine or its network.

    An IPv4 address inside an IPv6 one counts as itself where the form is mapped; forms that
    translate or tunnel to IPv4 are not admitted at all.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.is_site_local or any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_listed(target: Target, hosts: Collection[str]) -> bool:
    """Tell whether a host is in a list, by its name alone or as ``name:port``."""
    own = {target.host, f"{target.host}:{target.port}"}
    bracketed = {f"[{target.host}]", f"[{target.host}]:{target.port}"} if ":" in target.host else ()
    return not own.union(bracketed).isdisjoint(host.lower() for host in hosts)


def resolve(target: Target, *, private: bool = False) -> str:
    """Return the one address to connect to.

    Parameters
    ----------
    target
        Whose host is resolved.
    private
        Whether addresses of this machine and its network are admitted.

    Raises
    ------
    RefusedAddressError
        When any address of the host is not one of the internet.
    UnreachableError
        When the name is unknown.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        parsed = [ip_address(text.partition("%")[0]) for text in addresses]
    except (OSError, ValueError) as error:
        raise UnreachableError(target.host, f"no such host ({error})") from None
    if not parsed:
        raise UnreachableError(target.host, "no such host")
    if not private and not all(map(is_public, parsed)):
        raise RefusedAddressError(target.host, "it lies in a private or local network")
    return addresses[0]


def ask(
    target: Target,
    address: str,
    *,
    timeout: float,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    most: int = _BLOCK,
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> Reply:
    """Send one request to a resolved address; post when there is a body.

    Parameters
    ----------
    address
        What `resolve` returned; no name is resolved again.
    timeout
        Of everything, from the connection to the last byte of the answer.  [s]
    most
        Bytes of the answer that are read; a longer answer is an error.
    context
        Makes the TLS context; it must check certificates.

    Raises
    ------
    UnreachableError
        When there is no answer in time, or one that is too long.
    """
    connection = _connection(target, address, timeout, context)
    limit = Timer(timeout, connection.cut)
    limit.start()
    sent = {"User-Agent": f"casa-ogc/{__version__}", "Connection": "close", **(headers or {})}
    try:
        connection.request("GET" if body is None else "POST", target.path, body, sent)
        response = connection.getresponse()
        content = response.read(most + 1)
        media = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    except _FAILURES as error:
        raise UnreachableError(target.host, str(error) or type(error).__name__) from None
    finally:
        limit.cancel()
        connection.close()
    if connection.expired:
        raise UnreachableError(target.host, f"no complete answer within {timeout:g} s")
    if len(content) > most:
        raise UnreachableError(target.host, f"its answer has more than {most} bytes")
    return Reply(response.status, media, content)


def _connection(
    target: Target, address: str, timeout: float, context: Callable[[], ssl.SSLContext]
) -> "_Pinned":
    if target.scheme == "http":
        return _Pinned(target.host, target.port, address, timeout)
    return _PinnedTLS(target.host, target.port, address, timeout, context())


class _Pinned(http.client.HTTPConnection):
    """A connection that goes to a given address, whatever the name of its host resolves to."""

    def __init__(self, host: str, port: int, address: str, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._wire: socket.socket | None = None
        self.expired = False

    @override
    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        self._wire = self.sock

    def cut(self) -> None:
        """End the connection from another thread, whatever it waits for."""
        self.expired = True
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


class _PinnedTLS(_Pinned):
    """The same with TLS: the certificate must be one of the host's name."""

    default_port = 443

    def __init__(
        self, host: str, port: int, address: str, timeout: float, context: ssl.SSLContext
    ) -> None:
        super().__init__(host, port, address, timeout)
        self._context = context

    @override
    def connect(self) -> None:
        super().connect()
        secure = self._context.wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = self._wire = secure
        secure.do_handshake()
