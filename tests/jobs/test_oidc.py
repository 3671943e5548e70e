"""Tokens of other issuers, against keys that the test makes and serves."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from casa_ogc.catalog.settings import Issuer, Jobs
from casa_ogc.jobs import oidc
from casa_ogc.jobs.errors import TokenError
from casa_ogc.jobs.oidc import Keys, verified
from casa_ogc.jobs.tokens import Principal, check

jwt = pytest.importorskip("jwt")
ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")

ISSUER = "https://login.example.com/realm"
FAR = "https://keys.example.com/jwks"


def public(key, name, algorithm):
    """The public half of a key as a JSON Web Key."""
    kinds = {"RS256": jwt.algorithms.RSAAlgorithm, "ES256": jwt.algorithms.ECAlgorithm}
    return {
        **json.loads(kinds[algorithm].to_jwk(key.public_key())),
        "kid": name,
        "alg": algorithm,
        "use": "sig",
    }


@pytest.fixture(scope="module")
def pairs():
    """Private keys by name and the algorithm they sign with."""
    return {
        "one": (rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"),
        "two": (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        "strange": (rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"),
    }


@pytest.fixture
def key_file(pairs, tmp_path):
    """The published keys: all but the strange one."""
    path = tmp_path / "jwks.json"
    keys = [public(*pairs[name][:1], name, pairs[name][1]) for name in ("one", "two")]
    path.write_text(json.dumps({"keys": keys}))
    return path


@pytest.fixture
def issuer(key_file):
    return Issuer(issuer=ISSUER, audience="casa", keys=str(key_file))


@pytest.fixture
def signed(pairs):
    """A function that signs claims; those that are not given are good."""

    def sign(name="one", kid=None, **claims):
        key, algorithm = pairs[name]
        good = {"iss": ISSUER, "aud": "casa", "sub": "u1", "exp": time.time() + 600}
        content = {key: value for key, value in {**good, **claims}.items() if value is not None}
        return jwt.encode(content, key, algorithm=algorithm, headers={"kid": kid or name})

    return sign


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_token_that_its_issuer_signed_names_its_principal(issuer, signed, name):
    assert verified(signed(name), [issuer]) == (f"{ISSUER}#u1", ("read", "execute"))


def test_a_principal_of_another_issuer_never_has_the_name_of_ours(issuer, signed):
    settings = type("Settings", (), {"jobs": Jobs(issuers=(issuer,))})
    principal = check(signed(sub="ann"), settings)
    assert principal == Principal(f"{ISSUER}#ann", ("read", "execute"))


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({}, ("read",)),
        ({"scope": "openid casa:execute"}, ("read", "execute")),
        ({"scope": ["casa:admin", "profile"]}, ("read", "admin")),
        ({"scope": "execute admin"}, ("read",)),
        ({"scope": 7}, ("read",)),
        ({"scope": {"casa:admin": True}}, ("read",)),
        ({"roles": "casa:admin"}, ("read",)),
    ],
    ids=str,
)
def test_scopes_are_those_of_the_settings_and_of_the_claim(issuer, signed, claims, scopes):
    one = issuer.model_copy(update={"scopes": ("read",)})
    assert verified(signed(**claims), [one])[1] == scopes


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": 1.0}, "expired"),
        ({"exp": None}, "exp"),
        ({"aud": "other"}, "[Aa]udience"),
        ({"aud": None}, "aud"),
        ({"sub": None}, "sub"),
        ({"nbf": 2e10}, "not yet valid"),
        ({"name": "strange"}, "no such key"),
        ({"name": "strange", "kid": "one"}, "[Ss]ignature"),
        ({"name": "two", "kid": "one"}, "."),
    ],
    ids=str,
)
def test_a_token_that_is_not_good_is_refused_with_its_reason(issuer, signed, claims, reason):
    with pytest.raises(TokenError, match=reason):
        verified(signed(**claims), [issuer])


def test_clocks_may_differ_a_little(issuer, signed):
    assert verified(signed(exp=time.time() - 10), [issuer])


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_signature_that_anybody_can_make_is_refused(issuer, key_file, algorithm):
    secret = None if algorithm == "none" else key_file.read_bytes()[:64]
    claims = {"iss": ISSUER, "aud": "casa", "sub": "u1", "exp": time.time() + 600}
    text = jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": "one"})
    with pytest.raises(TokenError):
        verified(text, [issuer])


def test_a_changed_token_is_refused(issuer, signed):
    head, _, signature = signed().split(".")
    _, other, _ = signed(sub="u2").split(".")
    with pytest.raises(TokenError, match=r"[Ss]ignature"):
        verified(f"{head}.{other}.{signature}", [issuer])


def test_an_issuer_that_is_not_configured_is_unknown(issuer, signed):
    assert verified(signed(iss=f"{ISSUER}/x"), [issuer]) is None
    assert verified(signed(), []) is None


@pytest.mark.parametrize("text", ["a.b.c", "..", "e30.e30.e30", "\ud800.é.x"])
def test_what_is_no_token_is_refused_or_unknown(issuer, text):
    try:
        assert verified(text, [issuer]) is None
    except TokenError as error:
        assert str(error)


class Publisher(BaseHTTPRequestHandler):
    """Serves keys and counts how often."""

    def do_GET(self):
        self.server.count += 1
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_arguments):
        """Be quiet."""


@pytest.fixture
def publisher(key_file):
    """A server of keys on this machine; `body`, `status` and `count` are its state."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.body, server.status, server.count = key_file.read_bytes(), 200, 0
    server.address = f"http://127.0.0.1:{server.server_port}/jwks"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_keys_come_by_http_and_are_kept(publisher, issuer, signed):
    far = issuer.model_copy(update={"keys": publisher.address})
    for _ in range(3):
        assert verified(signed(), [far])
    assert publisher.count == 1


def test_tokens_with_strange_keys_do_not_make_us_ask_again_and_again(publisher):
    keys = Keys(publisher.address)
    for number in range(20):
        with pytest.raises(TokenError, match="no such key"):
            keys.key(f"strange-{number}")
    assert publisher.count == 1


def test_a_new_key_of_the_issuer_is_found_after_a_pause(publisher, monkeypatch):
    publisher.body, body = b'{"keys": []}', publisher.body
    keys = Keys(publisher.address)
    with pytest.raises(TokenError, match="keys of its issuer"):
        keys.key("one")
    publisher.body = body
    with pytest.raises(TokenError, match="no such key"):
        keys.key("one")
    monkeypatch.setattr(oidc, "_PAUSE", 0.0)
    assert keys.key("one").key_id == "one"


def test_known_keys_stay_good_while_the_issuer_is_away(publisher, monkeypatch):
    keys = Keys(publisher.address)
    keys.key("one")
    publisher.status = 500
    monkeypatch.setattr(oidc, "_FRESH", 0.0)
    assert keys.key("one").key_id == "one"
    assert publisher.count == 2


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'{"keys": 1}', b'{"keys": [1]}', b"\xff", b"{}"]
)
def test_what_are_no_keys_is_told_in_words(publisher, body):
    publisher.body = body
    with pytest.raises(TokenError, match="cannot be read"):
        Keys(publisher.address).key("one")


def test_an_issuer_that_points_elsewhere_is_not_followed(publisher):
    publisher.status = 302
    with pytest.raises(TokenError, match="cannot be read"):
        Keys(publisher.address).key("one")
    assert publisher.count == 1


def test_keys_of_another_machine_must_come_by_https():
    with pytest.raises(TokenError, match="https"):
        Keys(FAR.replace("https", "http")).key("one")


def test_a_file_of_keys_that_is_missing_is_told_in_words(tmp_path):
    with pytest.raises(TokenError, match="cannot be read"):
        Keys(str(tmp_path / "none.json")).key("one")
