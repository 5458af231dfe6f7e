"""Where a point lies, and whose business it is there."""

from pathlib import Path

from shapely.geometry import shape

from xiucheng.city import models as city
from xiucheng.city.queries import Place, component_near, locate, unit_for


def inside(code: str) -> tuple[float, float]:
    """A point inside an area."""
    point = shape(city.Area.objects.get(code=code).polygon).representative_point()
    return point.x, point.y


def test_locate_inside_every_community(demo: Path) -> None:
    communities = list(city.Area.objects.filter(level="community"))
    found = [locate(*inside(c.code)) for c in communities]
    assert [(p.community, p.street, p.district, p.inside) for p in found] == [
        (c.code, c.parent_id, "500108", True) for c in communities
    ]


def test_locate_in_the_core_knows_the_cell(demo: Path) -> None:
    cell = city.Cell.objects.order_by("code").first()
    assert cell is not None
    point = shape(cell.polygon).representative_point()
    assert locate(point.x, point.y).cell == cell.code


def test_locate_outside_the_district(demo: Path) -> None:
    assert locate(116.39, 39.9) == Place()


def test_locate_with_swapped_coordinates(demo: Path) -> None:
    assert locate(29.52, 106.56) == Place()


def test_every_minor_category_has_one_best_unit_everywhere(demo: Path) -> None:
    minors = city.Category.objects.filter(level=2).values_list("code", flat=True)
    places = [locate(*inside(c)) for c in city.Area.objects.filter(level="community").values_list("code", flat=True)]
    lost = []
    for code in minors:
        for place in {(p.district, p.street, p.community, "", p.zone, p.inside) for p in places}:
            choices = unit_for(code, Place(*place))
            if not choices or (len(choices) > 1 and choices[0].certainty <= choices[1].certainty):
                lost.append((code, place))
    assert lost == []


def test_unit_for_street_business_is_the_street(demo: Path) -> None:
    assert unit_for("E0405", locate(*inside("500108003005")))[0].unit.code == "JD003"


def test_unit_for_in_the_zone_overrides_the_street(demo: Path) -> None:
    place = locate(*inside("500108Z01"))
    assert (place.zone, unit_for("E0405", place)[0].unit.code) == ("500108Z01", "JK01")


def test_unit_for_lamp_is_the_lighting_office(demo: Path) -> None:
    best = unit_for("C0137", locate(*inside("500108Z01")))[0]
    assert (best.unit.code, best.certainty, best.reasons) == ("CG-LD", 1.0, ("路灯由照明所负责（全区）",))


def test_unit_for_without_a_place_falls_back_to_the_department(demo: Path) -> None:
    assert unit_for("E0405", None)[0].unit.code == "CG-ZF"


def test_unit_for_a_named_component_is_its_owner(demo: Path) -> None:
    component = city.Component.objects.select_related("owner").order_by("code").first()
    assert component is not None
    assert unit_for("C0123", None, component=component.code)[0].unit.code == component.owner.code


def test_component_near_finds_the_nearest(demo: Path) -> None:
    lamp = city.Component.objects.filter(category_id="C0137").order_by("code").first()
    assert lamp is not None
    nearest = component_near(lamp.lng, lamp.lat, "C0137")[0]
    assert (nearest.code, nearest.metres) == (lamp.code, 0.0)
