"""Errors of jobs that a user or an operator can act on."""

from casa_processes.common.errors import CasaError, UnknownNameError


class QuotaError(CasaError):
    """A job that would exceed what its owner may use at a time.

    `retry_after` is after how many seconds it is worth asking again.
    """

    def __init__(self, what: str, asked: float, limit: float, retry_after: int) -> None:
        self.what, self.asked, self.limit, self.retry_after = what, asked, limit, retry_after
        super().__init__(what, asked, limit, retry_after)

    def __str__(self) -> str:
        return (
            f"with this job you would use {self.asked:,.0f} {self.what}; "
            f"your quota is {self.limit:,.0f}"
        )


class ExpiredError(CasaError):
    """A job whose results were kept as long as they are kept."""

    def __init__(self, job_id: str, expired: str) -> None:
        self.job_id, self.expired = job_id, expired
        super().__init__(job_id, expired)

    def __str__(self) -> str:
        return f"job {self.job_id} expired at {self.expired}; its results are removed"


class UnknownJobError(UnknownNameError):
    """A job that does not exist, or not for whoever asks; which exist is never told."""

    def __str__(self) -> str:
        return f"no job {self.name[:64]!r}"


class NotReadyError(CasaError):
    """Results that are asked for before there are any, or of a job that was dismissed."""

    def __init__(self, job_id: str, status: str) -> None:
        self.job_id, self.status = job_id, status
        super().__init__(job_id, status)

    def __str__(self) -> str:
        none = "there are no results" if self.status == "dismissed" else "it has no results yet"
        return f"job {self.job_id} is {self.status}; {none}"


class AmbiguousJobError(CasaError):
    """First digits of an id that several jobs have."""

    def __init__(self, digits: str, found: tuple[str, ...]) -> None:
        self.digits, self.found = digits, found
        super().__init__(digits, found)

    def __str__(self) -> str:
        named = ", ".join(self.found)
        return f"several jobs begin with {self.digits!r}: {named}; give more digits"


class UnpublishedError(CasaError):
    """A result that shall be a collection, on a site that publishes none."""

    def __str__(self) -> str:
        return (
            "response = 'collection' is not offered: this site does not publish results "
            "(jobs.publish); ask for raw or document"
        )


class ForbiddenError(CasaError):
    """Something that a principal may not do."""

    def __init__(self, what: str, needed: str) -> None:
        self.what, self.needed = what, needed
        super().__init__(what, needed)

    def __str__(self) -> str:
        return f"{self.what} needs a token with the scope {self.needed!r}"


class ReusedKeyError(CasaError):
    """An idempotency key that was used for another request before."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return f"the idempotency key {self.key[:64]!r} belongs to another request; choose a new one"


class NewerSchemaError(CasaError):
    """A database that a newer version of this software has written."""

    def __init__(self, database: str, found: int, known: int) -> None:
        self.database, self.found, self.known = database, found, known
        super().__init__(database, found, known)

    def __str__(self) -> str:
        return (
            f"the database {self.database} has version {self.found} of the tables; this software "
            f"knows version {self.known} and must be updated"
        )


class SharedDiskError(CasaError):
    """An embedded database on a disk that several machines share."""

    def __init__(self, path: str, kind: str) -> None:
        self.path, self.kind = path, kind
        super().__init__(path, kind)

    def __str__(self) -> str:
        return (
            f"{self.path} lies on a disk of type {self.kind}, where SQLite loses data: name a "
            "PostgreSQL database in jobs.database, or a folder on a local disk in jobs.folder"
        )


class UnavailableError(CasaError):
    """A database that does not answer; the same request may succeed later."""

    def __init__(self, database: str, reason: str) -> None:
        self.database, self.reason = database, reason
        super().__init__(database, reason)

    def __str__(self) -> str:
        return f"the database of jobs does not answer ({self.reason}); try again"


class TokenError(CasaError):
    """A token that proves nothing: unknown, revoked, expired, or not signed by its issuer."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return f"the token is not accepted: {self.reason}"
