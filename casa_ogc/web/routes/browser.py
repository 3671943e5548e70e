"""What browsers alone use: pages and forms that are no part of the interface for programs."""

from casa_ogc.web import parameters, sign_in
from casa_ogc.web.exchange import Endpoint
from casa_ogc.web.parameters import Parameter

_PROCESS = Parameter("process", "Process whose page comes next; without it the list of jobs.")

BROWSER: tuple[Endpoint, ...] = (
    Endpoint(
        "sign-in",
        "/sign-in",
        "Sign in with a token",
        sign_in.sign_in,
        (_PROCESS, parameters.F),
        methods=("GET", "POST"),
        tag="Jobs",
    ),
    Endpoint("sign-out", "/sign-out", "Sign out", sign_in.sign_out, methods=("POST",), tag="Jobs"),
)
