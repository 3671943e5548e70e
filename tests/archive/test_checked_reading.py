"""A damaged file of soundings is never read as if it were whole."""

import random
from pathlib import Path

import numpy as np
import pytest

from casa_ogc.archive.heads import read_head
from casa_ogc.archive.parts import open_part, read_columns
from casa_ogc.archive.sounding_columns import open_columns
from casa_ogc.archive.soundings import write_soundings
from casa_processes.common.errors import IntegrityError
from tests.archive.builders import soundings, source

FLIPS = 40


def flipped(path: Path, target: Path, dice: random.Random) -> Path:
    """Write a copy of a file with one bit changed."""
    content = bytearray(path.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    target.write_bytes(content)
    return target


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("archive")
    write_soundings(root, "p", soundings(3000), [source("a.nc")])
    assert read_head(root, "p") is not None
    return root / "p"


def rows_of(path: Path) -> dict[str, np.ndarray]:
    part = open_part(path)
    groups = [read_columns(part, group, list(part.columns)) for group in range(part.rows.size)]
    return {name: np.concatenate([group[name] for group in groups]) for name in part.columns}


def same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> bool:
    return set(found) == set(expected) and all(
        found[name].tobytes() == values.tobytes() for name, values in expected.items()
    )


@pytest.mark.parametrize("seed", range(FLIPS))
def test_a_flipped_bit_of_a_part_is_refused_or_harmless(
    folder: Path, tmp_path: Path, seed: int
) -> None:
    path = next(folder.rglob("*.parquet"))
    expected = rows_of(path)
    try:
        found = rows_of(flipped(path, tmp_path / f"{seed}.parquet", random.Random(seed)))
    except IntegrityError:
        return
    assert same(found, expected)


@pytest.mark.parametrize("seed", range(FLIPS))
def test_a_flipped_bit_of_mapped_columns_is_refused_or_harmless(
    folder: Path, tmp_path: Path, seed: int
) -> None:
    path = next(folder.rglob("*.arrow"))
    expected = dict(open_columns(path).values)
    try:
        found = dict(
            open_columns(flipped(path, tmp_path / f"{seed}.arrow", random.Random(seed))).values
        )
    except IntegrityError:
        return
    assert same(found, expected)


def test_every_flipped_bit_of_the_values_of_a_column_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    path = next(folder.rglob("*.parquet"))
    group = open_part(path).metadata.row_group(0)
    columns = [group.column(i) for i in range(group.num_columns)]
    xco2 = next(column for column in columns if column.path_in_schema == "xco2")
    end = xco2.data_page_offset + xco2.total_compressed_size - 8
    content = path.read_bytes()
    for step in range(1, FLIPS):
        damaged = bytearray(content)
        damaged[end - 16 * step] ^= 4
        target = tmp_path / f"column-{step}.parquet"
        target.write_bytes(damaged)
        with pytest.raises(IntegrityError):
            read_columns(open_part(target), 0, ["xco2"])


def test_a_part_cut_short_is_refused(folder: Path, tmp_path: Path) -> None:
    content = next(folder.rglob("*.parquet")).read_bytes()
    (tmp_path / "short.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(IntegrityError, match=r"short\.parquet"):
        open_part(tmp_path / "short.parquet")
