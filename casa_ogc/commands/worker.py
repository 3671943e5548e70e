"""Run accepted jobs: hand them to the cluster of the settings, and set right what was lost.

One such process works at a time; others stand by and take over when it dies. `casa serve` starts
one of its own.
"""

import os

import click


@click.command(help=__doc__)
@click.option("--cluster", help="local, slurm or tcp://HOST:PORT; overrules the settings")
@click.option("--lifeline", is_flag=True, hidden=True, help="standard input tells when to begin")
@click.option("--once", is_flag=True, hidden=True, help="do not begin again when killed")
def command(cluster: str | None, lifeline: bool, once: bool) -> None:
    """Run the command."""
    from casa_ogc.jobs.supervision import be_broker, supervise

    if cluster:
        os.environ["CASA_CLUSTER"] = cluster
    if once:
        be_broker(lifeline=lifeline)
    else:
        raise SystemExit(supervise(lifeline=lifeline))
