"""OGC API Processes."""

from casa_ogc.web import executions, jobs, jobs_query, parameters, processes, results
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.parameters import Parameter

_JOB = "/jobs/<job_id>"
_ESTIMATE = Parameter(
    "estimate",
    "Whether to tell only what the run is expected to take; nothing is queued.",
    {"type": "boolean", "default": False},
)
_RESPONSE = Parameter(
    "response",
    "The results as a collection: the answer leads to it, as does the status of the job.",
    {"type": "string", "enum": ["collection"]},
)
_JOB_AGAIN = Parameter("job", "Job whose inputs stand in the form of the page, to run it again.")

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "processes",
        "/processes",
        "Processes",
        processes.all_processes,
        (parameters.LIMIT, parameters.OFFSET, parameters.LANG, parameters.F),
        tag="Processes",
    ),
    Endpoint(
        "process",
        "/processes/<process_id>",
        "Description of a process",
        processes.one_process,
        (_JOB_AGAIN, parameters.LANG, parameters.F),
        tag="Processes",
    ),
    Endpoint(
        "execution",
        "/processes/<process_id>/execution",
        "Run a process",
        executions.execute,
        (_ESTIMATE, _RESPONSE),
        methods=("POST",),
        tag="Processes",
    ),
    Endpoint(
        "jobs",
        "/jobs",
        "Jobs of the client's token",
        jobs.all_jobs,
        (*jobs_query.ALL, parameters.CURSOR, parameters.F),
        tag="Jobs",
    ),
    Endpoint(
        "job",
        _JOB,
        "Status of a job",
        jobs.job,
        (parameters.F,),
        methods=("GET", "DELETE"),
        tag="Jobs",
    ),
    Endpoint(
        "results",
        f"{_JOB}/results",
        "Results of a job",
        results.all_results,
        (parameters.F,),
        tag="Jobs",
        produces=("application/json", "multipart/related", "*/*"),
    ),
    Endpoint(
        "result",
        f"{_JOB}/results/<output_id>",
        "One result of a job",
        results.one_result,
        tag="Jobs",
        produces=("*/*",),
    ),
    Endpoint("log", f"{_JOB}/log", "Log of a job", jobs.log, tag="Jobs", produces=("text/plain",)),
    Endpoint("prov", f"{_JOB}/prov", "Provenance of the results of a job", jobs.prov, tag="Jobs"),
)
