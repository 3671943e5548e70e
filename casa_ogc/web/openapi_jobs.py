"""What the OpenAPI document says of tokens, and of refusals that only jobs know."""

JOB_REFUSALS = {
    "401": "A token that proves nothing",
    "403": "The token lacks a scope",
    "410": "The results have expired",
    "416": "No byte of the range exists",
    "422": "The idempotency key belongs to another request",
    "429": "The quota is used up; try again after Retry-After",
    "500": "The job failed; says why",
}
SECURITY = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the site (casa token create); without one jobs are anonymous.",
    }
}
