"""Requests to one server: tokens for it alone, repetition where it is safe, errors with words."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase

from casa_ogc.client.errors import (
    AnswerError,
    ConnectionFailedError,
    UncertainError,
    UnreadableError,
    class_of,
)
from casa_ogc.client.pace import pauses, retry_after

KEY = "Idempotency-Key"
_PATIENCE = 60.0
_AGAIN = frozenset({429, 502, 503, 504})
_REFUSED = frozenset({429, 503})


class _Bearer(AuthBase):
    """Shows the token to the server that it was issued for, and to no other."""

    def __init__(self, base: str, token: str | None) -> None:
        self._origin, self._token = _origin(base), token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token and _origin(request.url or "") == self._origin:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Transport:
    """A session with one server.

    Parameters
    ----------
    base
        Address of the landing page.
    token
        Bearer token, or None.
    timeout
        Longest silence of the server.  [s]
    attempts
        How often a request is made at most.
    """

    def __init__(self, base: str, token: str | None, timeout: float, attempts: int) -> None:
        self.base = base.rstrip("/")
        self._timeout, self._attempts = timeout, max(attempts, 1)
        self._session = requests.Session()
        self._session.auth = _Bearer(self.base, token)
        self._session.headers["User-Agent"] = "casa-ogc-client"
        self._keyed: bool | None = None

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def url(self, path: str) -> str:
        """Return the address of a path of the server, or of a link as it is."""
        return urljoin(f"{self.base}/", path.lstrip("/")) if "://" not in path else path

    def document(self, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask for a JSON object."""
        return json_object(self.get(path, "application/json", parameters))

    def get(
        self,
        path: str,
        accept: str,
        parameters: Mapping[str, str] | None = None,
        *,
        stream: bool = False,
    ) -> requests.Response:
        """Ask for something; repeated while the server cannot be reached or is not available."""
        headers = {"Accept": accept}
        return self._send("GET", self.url(path), headers=headers, params=parameters, stream=stream)

    def delete(self, path: str) -> requests.Response:
        """Delete something; repeated as a question is."""
        return self._send("DELETE", self.url(path), headers={"Accept": "application/json"})

    def post(self, path: str, body: bytes, key: str, prefer: str) -> requests.Response:
        """Post a JSON document once, however often the connection is lost.

        It is repeated when the server did not get it, and when it did but promises in its API
        document to take the same key for the same request.

        Raises
        ------
        UncertainError
            When the connection was lost and the server makes no such promise.
        """
        headers = {"Content-Type": "application/json", KEY: key}
        if prefer:
            headers["Prefer"] = prefer
        return self._send("POST", self.url(path), headers=headers, data=body)

    def _send(self, method: str, url: str, **more: Any) -> requests.Response:
        """Send a request until it is answered, or may not be sent again.

        Raises
        ------
        AnswerError
            When the server refuses.
        ConnectionFailedError
            When it cannot be reached.
        """
        waits = islice(pauses(0.5, 2.0, 8.0), self._attempts - 1)
        while True:
            try:
                answer = self._session.request(method, url, timeout=self._timeout, **more)
            except requests.RequestException as error:
                pause = next(waits, None)
                self._lost(method, url, error, last=pause is None)
            else:
                if answer.status_code < 400:
                    return answer
                fault = refusal(answer)
                pause = self._again(method, fault, next(waits, None))
                if pause is None:
                    raise fault
            time.sleep((pause or 0.0) * random.uniform(0.75, 1.25))  # noqa: S311

    def _lost(self, method: str, url: str, error: requests.RequestException, *, last: bool) -> None:
        """Raise when a request that got no answer may not be sent again."""
        reason = type(error).__name__
        if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
            raise UnreadableError("url", "an http address", url) from None
        unsent = isinstance(error, requests.ConnectTimeout) or "NewConnectionError" in repr(error)
        if method == "POST" and not unsent and not self.keyed():
            raise UncertainError(url, reason) from error
        if last:
            raise ConnectionFailedError(url, f"{reason}: {error}") from error

    def _again(self, method: str, fault: AnswerError, pause: float | None) -> float | None:
        """Return how long to wait before a refused request is sent again; None when it is not."""
        if pause is None or fault.status not in _AGAIN:
            return None
        if method == "POST" and fault.status not in _REFUSED and not self.keyed():
            return None
        wanted = fault.retry_after
        if wanted is None:
            return pause if fault.status != 429 else None
        return max(wanted, pause) if wanted <= _PATIENCE else None

    def keyed(self) -> bool:
        """Whether the server's API document speaks of the Idempotency-Key header."""
        if self._keyed is None:
            links = self.document("/").get("links", [])
            documents = [one["href"] for one in links if one.get("rel") == "service-desc"]
            media = "application/vnd.oai.openapi+json;version=3.0, application/json;q=0.9"
            texts = (self.get(href, media).text for href in documents[:1])
            self._keyed = any(KEY.lower() in text.lower() for text in texts)
        return self._keyed


def refusal(answer: requests.Response) -> AnswerError:
    """Return the error that tells what a refusing answer says."""
    try:
        content = answer.json()
    except requests.JSONDecodeError:
        content = {}
    said = content if isinstance(content, Mapping) else {}
    kind = str(said.get("type") or said.get("code") or answer.reason or "")
    detail = str(said.get("detail") or said.get("description") or said.get("title") or "")
    errors = said.get("errors") if isinstance(said.get("errors"), list) else []
    problems = [
        (str(one.get("pointer", "")), str(one.get("detail", "")))
        for one in errors or ()
        if isinstance(one, Mapping)
    ]
    wait = retry_after(answer.headers.get("Retry-After"))
    found = class_of(answer.status_code, kind)
    return found(answer.status_code, answer.url, kind, detail, problems, wait)


def json_object(answer: requests.Response) -> dict[str, Any]:
    """Read an answer as a JSON object.

    Raises
    ------
    UnreadableError
        When it is none.
    """
    try:
        content = answer.json()
    except requests.JSONDecodeError:
        content = answer.headers.get("Content-Type", "no Content-Type")
    if not isinstance(content, dict):
        raise UnreadableError(answer.url, "a JSON object", str(content))
    return content


def json_content(answer: requests.Response) -> Any:
    """Read an answer as JSON of any type; None when it is empty or says that it is no JSON.

    Raises
    ------
    UnreadableError
        When it says that it is, and is not.
    """
    media = answer.headers.get("Content-Type", "").partition(";")[0].lower()
    if not answer.content or "json" not in media:
        return None
    try:
        return answer.json()
    except requests.JSONDecodeError as error:
        raise UnreadableError(answer.url, "JSON", str(error)) from None


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port
