"""A client of OGC API Processes for people: submit, watch, fetch, look at the result in xarray.

It is built on the standard alone, knows nothing else of this project, and works with any server
that follows OGC API Processes 1.0:

    from casa_ogc.client import Client

    with Client("http://127.0.0.1:5000") as client:
        job = client.submit("smoothed-column", {"profile": "prior", "collection": "some-soundings"})
        print(job.wait().results())

``transport`` talks to the server and turns its refusals into the classes of ``errors``, ``job`` and
``results`` are what a submission becomes, ``collection`` reads published data.
"""

from casa_ogc.client.client import Client, Process
from casa_ogc.client.collection import Collection
from casa_ogc.client.errors import (
    AnswerError,
    ClientError,
    ConnectionFailedError,
    DeniedError,
    ExpiredError,
    InvalidRequestError,
    JobDismissedError,
    JobFailedError,
    NotFoundError,
    NotReadyError,
    NotThereError,
    ServerFaultError,
    StillOpenError,
    TooManyError,
    UncertainError,
    UnreadableError,
)
from casa_ogc.client.job import Job, Status
from casa_ogc.client.results import File, Results

__all__ = [
    "AnswerError",
    "Client",
    "ClientError",
    "Collection",
    "ConnectionFailedError",
    "DeniedError",
    "ExpiredError",
    "File",
    "InvalidRequestError",
    "Job",
    "JobDismissedError",
    "JobFailedError",
    "NotFoundError",
    "NotReadyError",
    "NotThereError",
    "Process",
    "Results",
    "ServerFaultError",
    "Status",
    "StillOpenError",
    "TooManyError",
    "UncertainError",
    "UnreadableError",
]
