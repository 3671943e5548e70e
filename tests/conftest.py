"""Fixtures that every room shares."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

    from tests.facility import Facility

# Tables of cross-sections are made once for all test processes, and kept between runs.
os.environ.setdefault("CASA_CACHE", str(Path(__file__).parents[1] / ".pytest_cache" / "casa"))

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Folder of genuine mission files; skips where there is none."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("CASA_REALDATA", default))
    if not folder.is_dir():
        pytest.skip(f"no genuine files: set CASA_REALDATA ({folder} does not exist)")
    return folder


@pytest.fixture(scope="session")
def schemas() -> Path:
    """Folder of the official OGC schemas; skips where there is none."""
    default = Path(__file__).parents[2] / "shared" / "schemas"
    folder = Path(os.environ.get("CASA_SCHEMAS", default))
    if not folder.is_dir():
        pytest.skip(f"no official schemas: set CASA_SCHEMAS ({folder} does not exist)")
    return folder


@pytest.fixture(scope="session")
def facility(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Facility]":
    """A running ``casa serve`` with broker and workers, on the demonstration archive."""
    from tests.demo_archive import demo_archive_of
    from tests.facility import started

    archive = demo_archive_of(tmp_path_factory)
    with started(tmp_path_factory.mktemp("facility"), archive) as found:
        yield found


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "Scheduling | None":
    """Deal whole rooms to test processes, unless another way is asked for."""
    if config.getvalue("dist") != "load":
        return None
    from tests.dealing import RoomScheduling

    return RoomScheduling(config, log)
