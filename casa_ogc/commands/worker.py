"""Run accepted jobs: hand them to the cluster of the settings, and set right what was lost.

One such process works at a time; others stand by and take over when it dies. It starts its work
again by itself when that is killed.
"""

import click


@click.command(help=__doc__)
@click.option("--cluster", help="local, slurm or tcp://HOST:PORT; overrules the settings")
@click.option("--lifeline", is_flag=True, hidden=True)
@click.option("--once", is_flag=True, hidden=True)
def command(cluster: str | None, lifeline: bool, once: bool) -> None:
    """Run the command."""
    from casa_ogc.jobs.supervision import be_broker, supervise

    if once:
        be_broker(cluster, lifeline=lifeline)
    else:
        raise SystemExit(supervise(cluster, lifeline=lifeline))
