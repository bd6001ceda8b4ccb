from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import shapely

from ckanext.ntbsatudata.domain.data_induk import DataInduk
from ckanext.ntbsatudata.domain.kode_referensi import CodeList
from ckanext.ntbsatudata.domain.kode_referensi.boundaries import Boundaries, Box, load, prepare
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = SchemaFolder()
LEVELS = {"kabupaten_kota": 10, "kecamatan": 117}


@pytest.fixture(params=[(level, page) for level in LEVELS for page in (False, True)], ids=str)
def stored(request: pytest.FixtureRequest, kemendagri: CodeList) -> Boundaries:
    level, page = request.param
    return load(FOLDER, kemendagri.edition(), level, page=page)


def test_every_region_has_a_valid_shape(stored: Boundaries) -> None:
    assert len(stored.shapes) in LEVELS.values()
    assert all(geometry.is_valid and geometry.geom_type in ("Polygon", "MultiPolygon") for geometry in stored.shapes.values())


def test_outer_rings_run_counter_clockwise_and_holes_clockwise(stored: Boundaries) -> None:
    for geometry in stored.shapes.values():
        for polygon in shapely.get_parts(geometry):
            assert polygon.exterior.is_ccw
            assert not any(hole.is_ccw for hole in polygon.interiors)


def test_every_kecamatan_lies_in_its_kabupaten(kemendagri: CodeList) -> None:
    edition = kemendagri.edition()
    kabupaten = load(FOLDER, edition, "kabupaten_kota").shapes
    kecamatan = load(FOLDER, edition, "kecamatan").shapes
    assert set(kecamatan) == {item.code for item in edition.of_level("kecamatan")}
    outside = [code for code, geometry in kecamatan.items() if not kabupaten[code[:5]].contains(geometry.representative_point())]
    assert outside == []


def test_areas_are_near_the_official_ones(kemendagri: CodeList) -> None:
    """On the sphere of equal area (radius 6,371.007 km), each shape by itself: within 5 % for Mataram and 2 % for the others."""
    regions = DataInduk.load(FOLDER).get("wilayah")
    for code, geometry in load(FOLDER, kemendagri.edition(), "kabupaten_kota").shapes.items():
        cosine = math.cos(math.radians(geometry.centroid.y))
        area = geometry.area * math.radians(1) ** 2 * 6371.007**2 * cosine
        official = float(regions.record(code).values["luas_km2"])
        assert area == pytest.approx(official, rel=0.05 if code == "52.71" else 0.02), code


def test_a_page_gets_less_than_half_of_the_points(kemendagri: CodeList) -> None:
    whole = load(FOLDER, kemendagri.edition(), "kabupaten_kota")
    page = load(FOLDER, kemendagri.edition(), "kabupaten_kota", page=True)
    points = [sum(len(shapely.get_coordinates(geometry)) for geometry in each.shapes.values()) for each in (whole, page)]
    assert points[1] < points[0] / 2
    assert page.shapes.keys() == whole.shapes.keys()


def square(west: float, south: float, code: str, *, clockwise: bool = True) -> dict[str, object]:
    ring = [[west, south], [west, south + 0.1], [west + 0.1, south + 0.1], [west + 0.1, south], [west, south]]
    return {
        "type": "Feature",
        "properties": {"kode": code},
        "geometry": {"type": "Polygon", "coordinates": [ring if clockwise else ring[::-1]]},
    }


def test_swapped_axes_other_places_and_unknown_codes_are_refused(kemendagri: CodeList) -> None:
    collection = {"features": [square(-8.5, 116.0, "52.01"), square(106.8, -6.2, "52.02"), square(116.0, -8.5, "52.99")]}
    boundaries, problems = prepare(collection, kemendagri.edition(), Box.load(FOLDER))
    assert boundaries.shapes == {}
    assert [problem.code for problem in problems] == ["boundary-axes-swapped", "boundary-elsewhere", "boundary-unknown-code"]


def test_a_bow_tie_is_made_valid_and_a_clockwise_ring_is_turned(kemendagri: CodeList) -> None:
    tie = square(116.0, -8.5, "52.01")
    ring = [[116.0, -8.5], [116.1, -8.4], [116.1, -8.5], [116.0, -8.4], [116.0, -8.5]]
    tie["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    collection = {"features": [tie, square(116.3, -8.5, "52.02")]}
    boundaries, problems = prepare(collection, kemendagri.edition(), Box.load(FOLDER))
    assert problems == []
    assert boundaries.shapes["52.01"].is_valid
    assert boundaries.shapes["52.01"].area == pytest.approx(0.005)
    assert boundaries.shapes["52.02"].exterior.is_ccw


@pytest.mark.shared_data
def test_the_published_file_with_swapped_axes_is_refused_whole(kemendagri: CodeList, shared_data: Path) -> None:
    published = json.loads((shared_data / "wilayah" / "batas-ntb-kabkota-SUMBU-TERBALIK-latlng-asli.geojson").read_text(encoding="utf-8"))
    boundaries, problems = prepare(published, kemendagri.edition(), Box.load(FOLDER))
    assert boundaries.shapes == {}
    assert {problem.code for problem in problems} == {"boundary-axes-swapped"}
    assert len(problems) == 10
