"""Boundaries of regions: from a published file to GeoJSON that maps draw right (RFC 7946).

Published boundaries come with axes swapped, rings turned the wrong way and invalid shapes. What cannot be mended safely
(axes, codes that do not exist) is refused, the rest is put right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.kode_referensi.code_list import Edition
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = "kode_referensi/batas"
PRECISION = 1e-5  # degrees: about one metre
PAGE_TOLERANCE = 0.002  # degrees: about 200 metres, less than a screen's dot at the size of a province
PAGE_SMALLEST = 2e-5  # square degrees: islets below a quarter of a square kilometre are not drawn on a page


def described(folder: SchemaFolder) -> Mapping[str, Any]:
    """Return what `kode_referensi/batas/batas.yaml` says: the list whose regions the boundaries are of, box, source."""
    content: Mapping[str, Any] = folder.read_yaml(f"{FOLDER}/batas.yaml")
    return content


@dataclass(frozen=True)
class Box:
    """The box a region lies in, in degrees; shapes outside it have their axes swapped or are of another place."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def load(cls, folder: SchemaFolder) -> Box:
        """Read `kode_referensi/batas/batas.yaml`. Raises `SchemaFolderError`."""
        try:
            return cls(**{side: float(described(folder)["box"][side]) for side in ("west", "south", "east", "north")})
        except (KeyError, TypeError, ValueError) as error:
            raise SchemaFolderError(f"{FOLDER}/batas.yaml: box harus punya west, south, east, north dalam derajat.") from error

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def holds_shape(self, geometry: BaseGeometry) -> bool:
        west, south, east, north = geometry.bounds
        return self.holds(west, south) and self.holds(east, north)


@dataclass(frozen=True)
class Boundaries:
    """The shapes of an edition's regions by code: valid, oriented, longitude first."""

    list_id: str
    version: str
    shapes: Mapping[str, BaseGeometry]

    def for_page(self) -> Boundaries:
        """Return the shapes small enough for a page: islets left out and lines simplified; no region disappears."""
        return Boundaries(self.list_id, self.version, {code: _simplified(geometry) for code, geometry in self.shapes.items()})

    def as_paths(self, width: int) -> dict[str, str]:
        """Return each shape as an SVG path on a canvas of `width` units, north up (equirectangular, true at the middle latitude)."""
        west, south, east, north = shapely.total_bounds(list(self.shapes.values()))
        squeeze = math.cos(math.radians((south + north) / 2))
        scale = width / ((east - west) * squeeze)

        def ring(points: Any) -> str:
            drawn = [f"{round((x - west) * squeeze * scale, 1):g},{round((north - y) * scale, 1):g}" for x, y in points.coords[:-1]]
            return f"M{'L'.join(dict.fromkeys(drawn))}Z"

        def path(geometry: BaseGeometry) -> str:
            parts = shapely.get_parts(geometry)
            return "".join(ring(line) for part in parts for line in (part.exterior, *part.interiors))

        return {code: path(geometry) for code, geometry in self.shapes.items()}

    def height(self, width: int) -> int:
        """Return the height of the canvas that `as_paths` draws on."""
        west, south, east, north = (float(side) for side in shapely.total_bounds(list(self.shapes.values())))
        return math.ceil(width * (north - south) / ((east - west) * math.cos(math.radians((south + north) / 2))))

    def as_geojson(self, edition: Edition) -> dict[str, Any]:
        """Return a FeatureCollection with code and name of each region, as RFC 7946 wants it."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "id": code,
                    "properties": {"code": code, "name": edition.item(code).name},
                    "geometry": _rounded(mapping(geometry)),
                }
                for code, geometry in self.shapes.items()
            ],
        }


def prepare(collection: Mapping[str, Any], edition: Edition, box: Box) -> tuple[Boundaries, list[Problem]]:
    """Return the boundaries of a FeatureCollection whose features name their region as `kode` or `code`, and what is wrong.

    A feature whose code is unknown or whose shape lies outside the box is a problem and is left out.
    """
    shapes: dict[str, BaseGeometry] = {}
    problems: list[Problem] = []
    for number, feature in enumerate(collection.get("features", ()), start=1):
        properties = feature.get("properties") or {}
        code = str(properties.get("kode") or properties.get("code") or feature.get("id") or "")
        if code not in edition:
            problems.append(Problem("boundary-unknown-code", row=number, values={"value": code, "list": edition.list_id}))
            continue
        geometry = shape(feature["geometry"])
        if not box.holds_shape(geometry):
            swapped = box.holds_shape(shapely.transform(geometry, lambda points: points[:, ::-1]))
            problems.append(Problem("boundary-axes-swapped" if swapped else "boundary-elsewhere", row=number, values={"value": code}))
            continue
        shapes[code] = _mended(geometry)
    return Boundaries(edition.list_id, edition.version.id, dict(sorted(shapes.items()))), problems


@lru_cache(maxsize=16)
def load(folder: SchemaFolder, edition: Edition, level: str, *, page: bool = False) -> Boundaries:
    """Read once and return the stored boundaries of one level. Raises `SchemaFolderError` when they are absent, elsewhere or of unknown codes."""
    relative = f"{FOLDER}/{level}{'.halaman' if page else ''}.geojson"
    boundaries, problems = prepare(folder.read_json(relative), edition, Box.load(folder))
    if problems:
        raise SchemaFolderError(f"{relative}: {len(problems)} wilayah tidak dikenal atau terletak di luar kotak wilayah.")
    return boundaries


def _mended(geometry: BaseGeometry) -> BaseGeometry:
    """Valid, polygons only, on a grid of one metre, outer rings counter-clockwise."""
    valid = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    return _oriented(shapely.set_precision(valid, PRECISION))


def _simplified(geometry: BaseGeometry) -> BaseGeometry:
    parts = sorted(shapely.get_parts(geometry), key=lambda part: -part.area)
    drawn = [part for number, part in enumerate(parts) if number == 0 or part.area >= PAGE_SMALLEST]
    simple = shapely.simplify(shapely.MultiPolygon(drawn), PAGE_TOLERANCE, preserve_topology=True)
    return _oriented(shapely.make_valid(simple, method="structure", keep_collapsed=False))


def _oriented(geometry: BaseGeometry) -> BaseGeometry:
    polygons = [orient(part, sign=1.0) for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and not part.is_empty]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _rounded(geometry: Mapping[str, Any]) -> dict[str, Any]:
    def rounded(value: Any) -> Any:
        return round(value, 5) if isinstance(value, float) else [rounded(part) for part in value]

    return {"type": geometry["type"], "coordinates": rounded(geometry["coordinates"])}
