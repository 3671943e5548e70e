"""Integrity: whatever happens to a stored file is found, and nothing else is reported."""

import random
import shutil
from pathlib import Path

import pytest

from casa_ogc.archive.commits import writing
from casa_ogc.archive.cubes import write_cube
from casa_ogc.archive.integrity import verify
from casa_ogc.archive.soundings import write_soundings
from tests.archive.builders import files_below, grid, soundings, source


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A cube and soundings of two snapshots each."""
    root = tmp_path_factory.mktemp("archive")
    for number in range(2):
        part = grid([number], rows=72, columns=144)
        write_cube(root, "cube", part, [source(f"{number}.nc")])
        some = soundings(300, seed=number, first=200 * number, levels=4)
        write_soundings(root, "soundings", some, [source(f"{number}.nc")])
    return root


def flip(path: Path, bit: int) -> None:
    text = bytearray(path.read_bytes())
    text[bit // 8] ^= 1 << bit % 8
    path.write_bytes(text)


def flips_found(root: Path, product: str, count: int, seed: int) -> int:
    """Flip single bits of random files, one after the other, and count the flips that are found."""
    chance = random.Random(seed)
    files = [path for path in files_below(root / product) if path.stat().st_size]
    found = 0
    for _ in range(count):
        path = chance.choice(files)
        bit = chance.randrange(path.stat().st_size * 8)
        flip(path, bit)
        items = {damage.item for damage in verify(root, product)}
        found += path.relative_to(root / product).as_posix() in items
        flip(path, bit)
    return found


@pytest.mark.parametrize("product", ["cube", "soundings"])
def test_untouched_products_are_intact(archive, product):
    assert verify(archive, product) == ()


@pytest.mark.parametrize("product", ["cube", "soundings"])
def test_sixty_random_bit_flips_are_all_found(archive, product):
    assert flips_found(archive, product, 60, seed=1) == 60
    assert verify(archive, product) == ()


@pytest.mark.slow
@pytest.mark.parametrize("product", ["cube", "soundings"])
def test_a_thousand_random_bit_flips_are_all_found(archive, product):
    assert flips_found(archive, product, 1000, seed=2) == 1000


@pytest.mark.parametrize("product", ["cube", "soundings"])
def test_a_flip_in_any_single_file_is_found(archive, product):
    for path in files_below(archive / product):
        flip(path, path.stat().st_size * 4)
        assert path.relative_to(archive / product).as_posix() in {
            damage.item for damage in verify(archive, product)
        }
        flip(path, path.stat().st_size * 4)


@pytest.mark.parametrize("product", ["cube", "soundings"])
def test_a_missing_or_truncated_file_is_found(archive, product, tmp_path):
    root = shutil.copytree(archive, tmp_path / "copy")
    for path in files_below(root / product):
        item = path.relative_to(root / product).as_posix()
        if item == "head.json":
            continue
        text = path.read_bytes()
        path.write_bytes(text[:-1])
        problems = {damage.item: damage.problem for damage in verify(root, product)}
        assert problems[item] in ("size", "changed")
        path.unlink()
        problems = {damage.item: damage.problem for damage in verify(root, product)}
        assert problems[item] == "missing"
        path.write_bytes(text)
    assert verify(root, product) == ()


@pytest.mark.parametrize("product", ["cube", "soundings"])
@pytest.mark.parametrize("place", ["x", "cube/chunks/X", "soundings/year=2021/x.parquet"])
def test_a_foreign_file_is_found(archive, product, place, tmp_path):
    root = shutil.copytree(archive, tmp_path / "copy")
    path = root / product / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"?")
    (damage,) = verify(root, product)
    assert (damage.item, damage.problem) == (place, "foreign")


def test_a_lost_head_makes_everything_foreign(archive, tmp_path):
    root = shutil.copytree(archive, tmp_path / "copy")
    (root / "cube" / "head.json").unlink()
    assert {damage.problem for damage in verify(root, "cube")} == {"foreign"}


def test_damage_stays_known_after_further_commits(archive, tmp_path):
    root = shutil.copytree(archive, tmp_path / "copy")
    chunk = max(files_below(root / "cube" / "cube" / "chunks"), key=lambda p: p.stat().st_size)
    flip(chunk, 800)
    write_cube(root, "cube", grid([5], rows=72, columns=144), [source("5.nc")])
    assert [damage.item for damage in verify(root, "cube")] == [f"cube/chunks/{chunk.name}"]


def test_a_write_under_way_is_no_damage(archive, tmp_path):
    root = shutil.copytree(archive, tmp_path / "copy")
    with writing(root, "soundings") as folder:
        (folder / "soundings" / "half.parquet").write_bytes(b"half")
        assert verify(root, "soundings") == ()
    assert verify(root, "soundings") == ()
    assert not (root / "soundings" / "soundings" / "half.parquet").exists()


def test_a_product_that_does_not_exist_has_no_damage(tmp_path):
    assert verify(tmp_path, "nothing") == ()
