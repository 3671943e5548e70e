"""What can go wrong between a client and a server, told in the server's own words.

Each error passes its own arguments to ``Exception.__init__``, so that it survives pickling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class ClientError(Exception):
    """Any error of this client; its text is meant for the user."""


class ConnectionFailedError(ClientError):
    """A server that cannot be reached; nothing was accepted."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(url, reason)

    def __str__(self) -> str:
        return f"{self.url} cannot be reached: {self.reason}"


class UncertainError(ClientError):
    """A connection that was lost before the answer came, to a server that knows no repetition.

    The server may have accepted the job or not. It is not asked again: two jobs could come of it.
    """

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(url, reason)

    def __str__(self) -> str:
        return (
            f"the connection to {self.url} was lost before its answer came ({self.reason}); the "
            "job may have been accepted, and this server offers no Idempotency-Key: look at its "
            "list of jobs before you submit again"
        )


class AnswerError(ClientError):
    """An answer that refuses or fails: what the server said.

    Attributes
    ----------
    status
        HTTP status.
    url
        What was asked.
    kind
        Type or code of the exception, as the server names it.
    detail
        Its text.
    problems
        Wrong places of the request as pairs of JSON pointer (RFC 6901) and reason.
    retry_after
        After how long the server wants to be asked again, None when it does not say.  [s]
    """

    def __init__(
        self,
        status: int,
        url: str,
        kind: str = "",
        detail: str = "",
        problems: Iterable[tuple[str, str]] = (),
        retry_after: float | None = None,
    ) -> None:
        self.status, self.url, self.kind, self.detail = status, url, kind, detail
        self.problems, self.retry_after = tuple(problems), retry_after
        super().__init__(status, url, kind, detail, self.problems, retry_after)

    def __str__(self) -> str:
        said = self.detail or self.kind or "no reason given"
        text = f"{self.url} answered {self.status}: {said}"
        missing = [f"{at}: {why}" for at, why in self.problems if why not in said]
        if self.retry_after is not None:
            missing.append(f"ask again after {self.retry_after:g} s")
        return "; ".join([text, *missing])


class InvalidRequestError(AnswerError):
    """Inputs or parameters that the server cannot use (400, 413, 415, 422)."""


class DeniedError(AnswerError):
    """No token, a wrong one, or one that may not do this (401, 403)."""


class NotFoundError(AnswerError):
    """A process, job or collection that does not exist, or that is another's (404)."""


class NotReadyError(NotFoundError):
    """Results of a job that is not over."""


class ExpiredError(AnswerError):
    """Results that were kept for their time and are gone (410)."""


class TooManyError(AnswerError):
    """A quota that is used up (429)."""


class ServerFaultError(AnswerError):
    """A server that failed or is not available (500 and above)."""


class JobFailedError(ClientError):
    """A job that failed: what the server said of it."""

    def __init__(self, job_id: str, message: str) -> None:
        self.job_id, self.message = job_id, message
        super().__init__(job_id, message)

    def __str__(self) -> str:
        return f"job {self.job_id} failed: {self.message or 'the server gives no reason'}"


class JobDismissedError(ClientError):
    """A job that was dismissed before it was over."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        super().__init__(job_id)

    def __str__(self) -> str:
        return f"job {self.job_id} was dismissed"


class StillOpenError(ClientError, TimeoutError):
    """A job that was not over when the user's patience was."""

    def __init__(self, job_id: str, state: str, seconds: float) -> None:
        self.job_id, self.state, self.seconds = job_id, state, seconds
        super().__init__(job_id, state, seconds)

    def __str__(self) -> str:
        return f"job {self.job_id} is still {self.state} after {self.seconds:g} s; it goes on"


class NotThereError(ClientError):
    """Something that an answer was expected to hold, and what it holds."""

    def __init__(self, what: str, found: Iterable[str]) -> None:
        self.what, self.found = what, tuple(found)
        super().__init__(what, self.found)

    def __str__(self) -> str:
        return f"there is no {self.what}; there are: {', '.join(self.found) or 'none'}"


class UnreadableError(ClientError):
    """An answer or an input that is not what it must be."""

    def __init__(self, what: str, expected: str, found: str) -> None:
        self.what, self.expected, self.found = what, expected, found
        super().__init__(what, expected, found)

    def __str__(self) -> str:
        return f"{self.what}: expected {self.expected}, found {self.found[:200]}"


_CLASSES: Mapping[int, type[AnswerError]] = {
    400: InvalidRequestError,
    401: DeniedError,
    403: DeniedError,
    404: NotFoundError,
    410: ExpiredError,
    413: InvalidRequestError,
    415: InvalidRequestError,
    422: InvalidRequestError,
    429: TooManyError,
}


def class_of(status: int, kind: str) -> type[AnswerError]:
    """Return the class of an answer from its status and the type of its exception."""
    if status >= 500:
        return ServerFaultError
    words = kind.lower().replace("-", "").replace("_", "")
    if status == 404 and ("resultnotready" in words or "resultsnotready" in words):
        return NotReadyError
    return _CLASSES.get(status, AnswerError)
