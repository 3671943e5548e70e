"""Which disk a file is on, told from made-up tables of mounts."""

from pathlib import Path

import pytest

from casa_ogc.jobs.mounts import file_system, shared_kind

MOUNTS = r"""
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/export /scratch nfs4 rw,vers=4.2 0 0
tmpfs /scratch/local tmpfs rw 0 0
mds@o2ib:/big /big\040data lustre rw 0 0
//win/share /mnt/back\134slash cifs rw 0 0
/dev/sdb1 /data ext4 rw 0 0
server:/data /data nfs rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/jobs.sqlite", "ext4"),
        ("/", "ext4"),
        ("/scratch", "nfs4"),
        ("/scratch/me/jobs.sqlite", "nfs4"),
        ("/scratch/local/jobs.sqlite", "tmpfs"),
        ("/scratchy/jobs.sqlite", "ext4"),
        ("/big data/x", "lustre"),
        ("/big/x", "ext4"),
        ("/mnt/back\\slash/x", "cifs"),
        ("/data/x", "nfs"),  # the later of two mounts hides the earlier one
    ],
)
def test_a_path_is_on_the_innermost_mount(path, kind):
    assert file_system(Path(path), MOUNTS) == kind


def test_without_mounts_nothing_is_known():
    assert file_system(Path("/x"), "") == ""


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("nfs4", "nfs4"),
        ("nfs", "nfs"),
        ("lustre", "lustre"),
        ("ext4", ""),
        ("xfs", ""),
        ("virtiofs", ""),
        ("tmpfs", ""),
    ],
)
def test_only_disks_of_several_machines_are_shared(line, kind, tmp_path):
    table = tmp_path / "mounts"
    table.write_text(f"/dev/root / ext4 rw 0 0\nthing {tmp_path.resolve()} {line} rw 0 0\n")
    assert shared_kind(tmp_path / "deep" / "jobs.sqlite", table) == kind


def test_a_link_to_a_shared_disk_is_followed(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "near").symlink_to(tmp_path / "far")
    table = tmp_path / "mounts"
    table.write_text(f"server:/x {(tmp_path / 'far').resolve()} nfs rw 0 0\n")
    assert shared_kind(tmp_path / "near" / "jobs.sqlite", table) == "nfs"


def test_a_machine_without_such_a_table_has_local_disks(tmp_path):
    assert shared_kind(tmp_path, tmp_path / "none") == ""


def test_the_disk_of_this_machine_has_a_type():
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        pytest.skip("no table of mounts on this machine")
    assert file_system(Path("/"), mounts.read_text())
