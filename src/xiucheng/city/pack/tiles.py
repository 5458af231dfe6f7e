"""The street map of a pack (底图): its areas, roads, water and houses as vector tiles in one PMTiles file.

`python -m xiucheng.city.pack.tiles FOLDER` writes `FOLDER/map.pmtiles` from `areas.geojson`, `divisions.csv`,
`places.geojson` and `backdrop.geojson`. Needs the packages of the extra `maps`. The same pack gives the same bytes.
"""

import argparse
import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import mapbox_vector_tile
import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from xiucheng.city.pack.places import to_wgs84
from xiucheng.city.pack.rows import geojson_rows, yaml_rows

FIRST, LAST = 10, 14
EXTENT: Final = 4096
MARGIN: Final = 80 / EXTENT
HALF: Final = 20037508.342789244
SMALLEST: Final = {"district": 10, "street": 10, "zone": 12, "community": 13}
ROADS: Final = {"main": 10, "road": 11, "street": 12}
LABELS: Final = {"station": 12, "park": 12, "market": 13, "hospital": 13, "square": 13, "school": 13, "office": 14,
                 "compound": 14, "village": 13, "bridge": 13}  # fmt: skip
BACKDROP: Final = {"water": 10, "wood": 10, "lane": 13, "block": 14}


@dataclass(frozen=True)
class Drawn:
    """One thing on the map: its layer, its first zoom, its shape in Mercator metres, and what the style may ask."""

    layer: str
    zoom: int
    shape: BaseGeometry
    facts: dict[str, Any]


def _flat(found: BaseGeometry) -> BaseGeometry:
    def metres(a: Any) -> Any:
        y = np.log(np.tan((90.0 + a[:, 1]) * math.pi / 360.0)) * HALF / math.pi
        return np.c_[a[:, 0] * HALF / 180.0, y]

    return shapely.transform(found, metres)


def _areas(folder: Path, datum: str) -> Iterator[Drawn]:
    with (folder / "divisions.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["code"]: (row["level"], row["name"]) for row in csv.DictReader(file)}
    for row in geojson_rows(folder / "areas.geojson"):
        level, name = names[row.values["code"]]
        found = _flat(to_wgs84(shape(row.shape), datum))
        short = name.replace("社区居民委员会", "社区").replace("村民委员会", "")
        if level == "district":
            yield Drawn("land", FIRST, found, {"level": level})
        yield Drawn("border", SMALLEST[level], found.boundary, {"level": level})
        centre = shapely.maximum_inscribed_circle(found, tolerance=20).coords[0]
        yield Drawn("area", SMALLEST[level], shapely.Point(centre), {"level": level, "name": short})


def _places(folder: Path, datum: str) -> Iterator[Drawn]:
    for row in geojson_rows(folder / "places.geojson"):
        kind, name, found = row.values["kind"], row.values["name"], _flat(to_wgs84(shape(row.shape), datum))
        if kind == "road":
            rank = row.values.get("class", "street")
            yield Drawn("road", ROADS[rank], found, {"class": rank, "name": name})
            continue
        if found.geom_type == "Polygon":
            yield Drawn("green", 11, found, {"kind": kind})
        yield Drawn("place", LABELS[kind], found.representative_point(), {"kind": kind, "name": name})


def _backdrop(folder: Path, datum: str) -> Iterator[Drawn]:
    path = folder / "backdrop.geojson"
    for row in geojson_rows(path) if path.exists() else ():
        kind = row.values["kind"]
        facts = {"kind": kind} | ({"name": row.values["name"]} if "name" in row.values else {})
        for part in shapely.get_parts(_flat(to_wgs84(shape(row.shape), datum))):
            yield Drawn(kind, BACKDROP[kind], part, facts)


def _tiles_of(found: BaseGeometry, zoom: int) -> Iterator[tuple[int, int]]:
    size = 2 * HALF / (1 << zoom)
    west, south, east, north = found.bounds
    for x in range(int((west + HALF) / size - MARGIN), int((east + HALF) / size + MARGIN) + 1):
        for y in range(int((HALF - north) / size - MARGIN), int((HALF - south) / size + MARGIN) + 1):
            yield x, y


def _cut(thing: Drawn, zoom: int, x: int, y: int) -> BaseGeometry:
    """The piece of a thing on a tile, in the tile's own grid (y downwards)."""
    size = 2 * HALF / (1 << zoom)
    west, north, edge = x * size - HALF, HALF - y * size, size * MARGIN
    piece = shapely.clip_by_rect(thing.shape, west - edge, north - size - edge, west + size + edge, north + edge)
    scale = EXTENT / size
    return shapely.transform(piece, lambda a: np.round(np.c_[(a[:, 0] - west) * scale, (north - a[:, 1]) * scale]))


def _encode(layers: dict[str, list[dict[str, Any]]]) -> bytes:
    named = [{"name": name, "features": layers[name]} for name in sorted(layers)]
    body = mapbox_vector_tile.encode(named, default_options={"extents": EXTENT, "y_coord_down": True})
    return gzip.compress(body, 9, mtime=0)


def tiles(things: Iterable[Drawn]) -> dict[int, bytes]:
    """Gzipped vector tiles by PMTiles identifier."""
    found: dict[int, bytes] = {}
    things = list(things)
    for zoom in range(FIRST, LAST + 1):
        slack = 2 * HALF / (1 << zoom) / EXTENT * (1.0 if zoom == LAST else 4.0)
        grid: dict[tuple[int, int], dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for thing in (t for t in things if t.zoom <= zoom):
            slim = Drawn(thing.layer, thing.zoom, thing.shape.simplify(slack), thing.facts)
            for x, y in _tiles_of(slim.shape, zoom):
                piece = _cut(slim, zoom, x, y)
                if not piece.is_empty:
                    grid[x, y][thing.layer].append({"geometry": piece, "properties": thing.facts})
        for (x, y), layers in grid.items():
            found[zxy_to_tileid(zoom, x, y)] = _encode(layers)
    return found


def build(folder: Path) -> Path:
    """Write `map.pmtiles` into the pack's folder; gives its path."""
    facts = {row.values["key"]: row.values["value"] for row in yaml_rows(folder / "pack.yaml")}
    datum = str(facts.get("datum", "wgs84"))
    things = [*_backdrop(folder, datum), *_areas(folder, datum), *_places(folder, datum)]
    target = folder / "map.pmtiles"
    west, south, east, north = facts["bounds"]
    header = {
        "tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "min_zoom": FIRST, "max_zoom": LAST,
        "min_lon_e7": round(west * 1e7), "min_lat_e7": round(south * 1e7), "max_lon_e7": round(east * 1e7),
        "max_lat_e7": round(north * 1e7), "center_zoom": 13, "center_lon_e7": round(facts["centre"][0] * 1e7),
        "center_lat_e7": round(facts["centre"][1] * 1e7),
    }  # fmt: skip
    layers = [{"id": name, "fields": {}} for name in sorted({t.layer for t in things})]
    with target.open("wb") as file:
        writer = Writer(file)
        for number, body in sorted(tiles(things).items()):
            writer.write_tile(number, body)
        writer.finalize(header, {"name": facts["title"], "vector_layers": layers, "attribution": facts["title"]})
    return target


def main() -> None:
    """Build the map of the pack named on the command line."""
    parser = argparse.ArgumentParser(description="由配置包生成底图 map.pmtiles")
    parser.add_argument("folder", type=Path, help="配置包文件夹")
    target = build(parser.parse_args().folder)
    print(f"{target}: {target.stat().st_size:,} 字节")


if __name__ == "__main__":
    main()
