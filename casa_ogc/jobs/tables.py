"""Tables of jobs, of what accounts use, of leases and of tokens."""

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    literal_column,
)

VERSION = 2
"""Version of the tables; a change of them raises it and says how an older one is brought up."""

METADATA = MetaData()
EMPTY: ColumnElement[str] = literal_column("''")
"""The empty text, written out: a condition must name it as the index does."""

_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by INTEGER alone
_INSTANT = String(24)

SCHEMA = Table("casa_schema", METADATA, Column("version", Integer, nullable=False))

JOBS = Table(
    "casa_jobs",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("process_id", Text, nullable=False),
    Column("execution", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("request_key", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("created", _INSTANT, nullable=False),
    Column("updated", _INSTANT, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("losses", Integer, nullable=False, default=0),
    Column("progress", Integer, nullable=False, default=0),
    Column("message", Text, nullable=False, default=""),
    Column("dispatched", _INSTANT),
    Column("engine", Text, nullable=False, default=""),
    Column("worker", Text, nullable=False, default=""),
    Column("started", _INSTANT),
    Column("finished", _INSTANT),
    Column("seconds", Float),
    Column("heartbeat", _INSTANT),
    Column("dismissal", _INSTANT),
    Column("failure", Text),
    Column("result", String(64), nullable=False, default=""),
    Column("collection", Text, nullable=False, default=""),
    Column("cpu_seconds", Float, nullable=False),
    Column("memory", BigInteger, nullable=False),
    Column("result_bytes", BigInteger, nullable=False),
    Column("peak", BigInteger, nullable=False, default=0),
    Column("keep_seconds", Float, nullable=False),
    Column("expires", _INSTANT),
    Column("expired", _INSTANT),
    Column("removal", Integer),
)
"""One row a job. `account` is who is charged; `losses` counts attempts whose worker was lost;
`seconds` is the time from start to end; `peak` is the most memory that an attempt has told;
`removal` marks results that shall be removed at once."""

IS_OPEN = JOBS.c.finished.is_(None)
"""Condition of jobs that are not over; there is an index of just these."""

WAITING = and_(IS_OPEN, JOBS.c.dispatched.is_(None))
"""Condition of jobs in the queue."""

BUSY = and_(IS_OPEN, JOBS.c.dispatched.is_not(None))
"""Condition of jobs that the engine has."""

_LIVE = and_(JOBS.c.expires.is_not(None), JOBS.c.expired.is_(None))
Index(
    "casa_jobs_open",
    JOBS.c.account,
    JOBS.c.number,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)
Index(
    "casa_jobs_waiting",
    JOBS.c.account,
    JOBS.c.number,
    JOBS.c.cpu_seconds,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
Index(
    "casa_jobs_busy",
    JOBS.c.account,
    JOBS.c.number,
    sqlite_where=BUSY,
    postgresql_where=BUSY,
)
Index(
    "casa_jobs_kept",
    JOBS.c.account,
    JOBS.c.expires,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
Index("casa_jobs_status", JOBS.c.status, JOBS.c.number)
_KEYED = JOBS.c.request_key != EMPTY
Index(
    "casa_jobs_key",
    JOBS.c.account,
    JOBS.c.request_key,
    JOBS.c.number,
    sqlite_where=_KEYED,
    postgresql_where=_KEYED,
)
Index("casa_jobs_content", JOBS.c.account, JOBS.c.content_hash, JOBS.c.number)
Index("casa_jobs_owner", JOBS.c.owner, JOBS.c.number)
Index("casa_jobs_owner_status", JOBS.c.owner, JOBS.c.status, JOBS.c.number)
Index("casa_jobs_owner_process", JOBS.c.owner, JOBS.c.process_id, JOBS.c.number)
Index("casa_jobs_expiry", JOBS.c.expires, sqlite_where=_LIVE, postgresql_where=_LIVE)
_MARKED = JOBS.c.removal.is_not(None)
Index("casa_jobs_removal", JOBS.c.removal, sqlite_where=_MARKED, postgresql_where=_MARKED)

LABELS = Table(
    "casa_job_labels",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("number", _NUMBER, ForeignKey(JOBS.c.number), primary_key=True),
)

SUBSCRIBED = Table(
    "casa_job_subscribers",
    METADATA,
    Column("number", _NUMBER, ForeignKey(JOBS.c.number), primary_key=True),
    Column("told", String(16), nullable=False),
)
"""Jobs whose clients want to be told of them, and the status that they know; a row is removed when
they know the last one."""

ACCOUNTS = Table(
    "casa_accounts",
    METADATA,
    Column("account", Text, primary_key=True),
    Column("result_bytes", BigInteger, nullable=False, server_default="0"),
    Column("served", BigInteger, nullable=False, server_default="0"),
)
"""Bytes of kept results, and when a job of the account was last taken (a count of takes)."""

Index("casa_accounts_served", ACCOUNTS.c.served)

LEASES = Table(
    "casa_leases",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", _INSTANT, nullable=False),
)

TOKENS = Table(
    "casa_tokens",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False, index=True),
    Column("scopes", Text, nullable=False),
    Column("created", _INSTANT, nullable=False),
    Column("expires", _INSTANT),
    Column("revoked", _INSTANT),
)
"""Access tokens; of their text only the SHA-256 is kept."""
