"""The street map of a pack is built from the pack alone."""

import gzip
import shutil
from pathlib import Path

from pmtiles.reader import MmapSource, all_tiles

import xiucheng.city
from xiucheng.city.pack.tiles import build

DEMO = Path(xiucheng.city.__file__).parent / "packs" / "demo"


def contents(file: Path) -> dict[tuple[int, int, int], bytes]:
    """Every tile of a map, unpacked."""
    with file.open("rb") as opened:
        return {place: gzip.decompress(body) for place, body in all_tiles(MmapSource(opened))}


def test_map_of_the_demo_pack_is_the_one_its_files_give(tmp_path: Path) -> None:
    folder = shutil.copytree(DEMO, tmp_path / "demo", ignore=shutil.ignore_patterns("map.pmtiles"))
    assert contents(build(folder)) == contents(DEMO / "map.pmtiles")


def test_map_of_the_demo_pack_is_small() -> None:
    assert (DEMO / "map.pmtiles").stat().st_size < 1_500_000
