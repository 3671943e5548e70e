"""Which disk a file lies on: SQLite needs one that no other machine mounts."""

from pathlib import Path

SHARED = frozenset(
    {
        "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.sshfs", "glusterfs",
        "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "orangefs", "panfs", "pvfs2", "smb3", "smbfs",
        "wekafs",
    }
)  # fmt: skip
"""File systems of ``/proc/mounts`` that several machines may mount at a time.

Those that a host shares with its guest (9p, virtiofs) count as local: they are often the only disk
that a virtual machine has.
"""

MOUNTS = Path("/proc/mounts")


def file_system(path: Path, mounts: str) -> str:
    """Return the type of the file system that holds an absolute path.

    Parameters
    ----------
    path
        Absolute, links resolved; it need not exist.
    mounts
        Content of ``/proc/mounts``: device, folder, type, options and two numbers a line. Blanks
        in folders are written as octal escapes. Of two mounts on one folder the later one counts.

    Returns
    -------
    str
        The type; empty when no line applies.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) < 3:
            continue
        folder = Path(_unescaped(words[1]))
        depth = len(folder.parts)
        if (path == folder or folder in path.parents) and depth >= best:
            best, kind = depth, words[2]
    return kind


def shared_kind(path: Path, mounts: Path = MOUNTS) -> str:
    """Return the type of the shared file system that holds a file; empty for a local disk.

    Where `mounts` does not exist (no Linux) every disk counts as local.
    """
    try:
        table = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    kind = file_system(path.resolve(), table)
    return kind if kind in SHARED else ""


def _unescaped(folder: str) -> str:
    for code, character in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        folder = folder.replace(code, character)
    return folder
