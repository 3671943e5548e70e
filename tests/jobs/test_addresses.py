"""Requests to others go where they were checked to go, and nowhere else."""

import socket
import ssl
import subprocess
import time
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.jobs import addresses
from casa_ogc.jobs.addresses import (
    RefusedAddressError,
    Target,
    UnreachableError,
    ask,
    is_listed,
    is_public,
    parse_target,
    resolve,
)
from casa_processes.common.errors import InvalidValueError
from tests.jobs.listeners import listening, plain

INSIDE = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:224.0.0.1",
)
OUTSIDE = ("8.8.8.8", "1.1.1.1", "192.0.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8")


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_of_a_machine_or_its_network_is_not_public(text):
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_an_address_of_the_internet_is_public(text):
    assert is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_counts_as_the_one_that_it_maps(address: IPv4Address):
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
    assert is_public(mapped) == is_public(address)


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="169.254.0.0/16"))
def test_no_address_of_a_private_network_is_public(address: IPv4Address):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("http://example.org", Target("http", "example.org", 80, "/")),
        ("https://Example.ORG/a?b=c#d", Target("https", "example.org", 443, "/a?b=c")),
        ("https://[2606:4700::1]:8443/x", Target("https", "2606:4700::1", 8443, "/x")),
    ],
)
def test_an_address_is_read_to_its_parts(text, target):
    assert parse_target("subscriber", text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org/x",
        "ftp://example.org/",
        "file:" + "//" + "/etc/passwd",
        "gopher://example.org:70/_x",
        "javascript:alert(1)",
        "http://",
        "http://user@example.org/",
        "http://user:word@example.org/",
        "http://example.org@127.0.0.1/",
        "http://example.org\\@127.0.0.1/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://example.org:abc/",
        "http://[::1/",
        "http://example.org/a b",
        "http://example.org/\r\nX-Injected: 1",
        "http://example.org/\n",
        "http://example.org/\t",
        "http://exämple.org/",
        "http://example.org/" + "a" * 3000,
        None,
        7,
        ["http://example.org"],
    ],
)
def test_what_is_no_plain_address_of_http_is_refused(text):
    with pytest.raises(InvalidValueError, match="subscriber"):
        parse_target("subscriber", text)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:7f00:1]",
    ],
)
def test_every_spelling_of_this_machine_is_refused(host):
    with pytest.raises((RefusedAddressError, UnreachableError)):
        resolve(parse_target("subscriber", f"http://{host}/"))


def test_a_host_with_one_private_address_among_others_is_refused(monkeypatch):
    found = [(2, 1, 6, "", (each, 80)) for each in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(RefusedAddressError, match=r"'example\.org' is not admitted"):
        resolve(parse_target("subscriber", "http://example.org/"))


def test_a_private_host_is_admitted_when_it_is_configured():
    assert resolve(parse_target("subscriber", "http://127.0.0.1/"), private=True) == "127.0.0.1"


def test_a_name_that_does_not_exist_is_unreachable():
    with pytest.raises(UnreachableError, match="no such host"):
        resolve(parse_target("subscriber", "http://nowhere.invalid/"))


@pytest.mark.parametrize(
    ("hosts", "listed"),
    [
        ((), False),
        (("example.org",), True),
        (("EXAMPLE.org",), True),
        (("example.org:8080",), True),
        (("example.org:80",), False),
        (("ample.org",), False),
        (("www.example.org",), False),
    ],
)
def test_a_host_is_listed_by_its_whole_name_or_with_its_port(hosts, listed):
    assert is_listed(parse_target("href", "http://example.org:8080/x"), hosts) == listed


def test_a_request_goes_to_the_address_that_was_checked_whatever_the_name_means_later(monkeypatch):
    """DNS rebinding: the name is not looked up again."""
    with listening(plain(body=b"here")) as listener:
        target = parse_target("href", f"http://example.org:{listener.port}/x?y")

        def rebound(*_args, **_more):
            raise AssertionError("the name was resolved again")

        monkeypatch.setattr(addresses.socket, "getaddrinfo", real_for_literals(rebound))
        reply = ask(target, "127.0.0.1", timeout=5)
    assert (reply.status, reply.body) == (200, b"here")
    assert listener.heard[0].path == "/x?y"
    assert listener.heard[0].headers["Host"] == f"example.org:{listener.port}"


def real_for_literals(otherwise):
    """`getaddrinfo` that looks up addresses only, as connecting to one does."""
    real = socket.getaddrinfo

    def looked_up(host, *args, **more):
        try:
            ip_address(host)
        except ValueError:
            return otherwise()
        return real(host, *args, **more)

    return looked_up


def test_a_redirect_is_an_answer_and_is_not_followed():
    with listening(plain(302, Location="http://127.0.0.1:1/secret")) as listener:
        reply = ask(parse_target("href", listener.url), "127.0.0.1", timeout=5)
    assert reply.status == 302
    assert len(listener.heard) == 1


def test_an_answer_that_is_too_long_is_an_error():
    with listening(plain(body=b"x" * 1001)) as listener:
        target = parse_target("href", listener.url)
        assert len(ask(target, "127.0.0.1", timeout=5, most=1001).body) == 1001
        with pytest.raises(UnreachableError, match="more than 1000 bytes"):
            ask(target, "127.0.0.1", timeout=5, most=1000)


def test_a_host_that_sends_a_byte_at_a_time_is_given_up():
    sent = []

    def dripping(handler, _heard):
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            for _ in range(200):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                sent.append(1)
                time.sleep(0.05)

    with listening(dripping) as listener:
        target = parse_target("href", listener.url)
        with pytest.raises(UnreachableError, match="within"):
            ask(target, "127.0.0.1", timeout=0.5, most=100_000)
    assert len(sent) < 100


def test_a_closed_port_is_unreachable():
    with listening() as listener:
        target = parse_target("href", listener.url)
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1"):
        ask(target, "127.0.0.1", timeout=2)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Self-signed certificate for the name told.example, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "own.crt", folder / "own.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=told.example", "-addext", "subjectAltName=DNS:told.example"]
    command += ["-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run(command, check=True, capture_output=True)
    return files


@pytest.fixture
def names(certificate):
    """TLS listener that notes the names that clients ask for, and a context that trusts it."""
    asked = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*map(str, certificate))
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with listening(plain(body=b"safe"), context) as listener:
        yield listener, asked, lambda: ssl.create_default_context(cafile=str(certificate[0]))


def test_a_pinned_connection_asks_for_the_original_name_and_checks_it(names):
    listener, asked, trusting = names
    target = parse_target("href", f"https://told.example:{listener.port}/")
    reply = ask(target, "127.0.0.1", timeout=5, context=trusting)
    assert (reply.body, asked) == (b"safe", ["told.example"])


def test_a_certificate_of_another_name_is_refused(names):
    listener, _, trusting = names
    target = parse_target("href", f"https://other.example:{listener.port}/")
    with pytest.raises(UnreachableError, match=r"(?i)certificate"):
        ask(target, "127.0.0.1", timeout=5, context=trusting)
    assert listener.heard == []


def test_a_certificate_that_nobody_trusts_is_refused(names):
    listener, _, _ = names
    target = parse_target("href", f"https://told.example:{listener.port}/")
    with pytest.raises(UnreachableError, match=r"(?i)certificate"):
        ask(target, "127.0.0.1", timeout=5)
    assert listener.heard == []
