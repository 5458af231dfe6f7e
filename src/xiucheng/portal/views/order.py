"""Order in three steps (点单): picture and place, words, contact. Each step is a plain form; the server keeps the draft."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xiucheng.audit import addresses
from xiucheng.city import queries as city
from xiucheng.intake.actions import Point, take_in
from xiucheng.intake.actions.clean import PLACE_MOST
from xiucheng.intake.models import Draft
from xiucheng.pages import limits, uploads
from xiucheng.portal import door, drafts, queries
from xiucheng.portal.drafts import WORDS_MOST, Order
from xiucheng.portal.show import language_code, show
from xiucheng.portal.texts import answers, area_name, menu, setting
from xiucheng.rules.datum import DATUMS, to_wgs84
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import KINDS

PICTURES = 3
SAME = 1e-6
"""Degrees: a tenth of a metre, what the page's six decimals leave."""


def _number(text: str, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= most else None


def _step(name: str, token: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"portal:order_{name}", args=[token]))


def received(token: str) -> HttpResponseRedirect:
    """To the report's own page, which thanks for it."""
    return HttpResponseRedirect(reverse("portal:progress", args=[token]) + "?new=1")


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, token: str = "") -> HttpResponse:
    """第一步：照片和地点."""
    row, order = drafts.find(token) if token else (None, _from_menu(request))
    if row is not None and row.report_token:
        return received(row.report_token)
    if request.method != "POST":
        return _place(request, row, order)
    try:
        pinned = _read_place(request, order)
        if row is None:
            limits.spend(request, "draft", most=60, seconds=600)
        kept = [p for p in (row.pictures if row else []) if p["sha256"] not in request.POST.getlist("drop")]
        pictures = (kept + uploads.taken(request, most=PICTURES - len(kept)))[:PICTURES]
        if not pinned:
            _place_of_picture(order, pictures)
    except Refused as refusal:
        return _place(request, row, order, refusal)
    if row is None:
        row = drafts.begin(order, pictures)
    else:
        row.pictures = pictures
        drafts.save(row, order)
    return _step("words", row.token)


def _from_menu(request: HttpRequest) -> Order:
    given = request.POST if request.method == "POST" else request.GET
    kind, category = given.get("kind", "complaint"), given.get("category", "")
    known = {item.code for item in menu()}
    return Order(kind=kind if kind in KINDS else "complaint", category=category if category in known else "")


def _place(request: HttpRequest, row: Draft | None, order: Order, refusal: Refused | None = None) -> HttpResponse:
    facts: dict[str, Any] = {"order": order, "draft": row, "pictures": row.pictures if row else [], "refusal": refusal}
    status = refusal.status if refusal else 200
    return door.let_in(
        request, show(request, "order_place", tab="order", status=status, menu=menu(), most=PICTURES, **facts)
    )


def _read_place(request: HttpRequest, order: Order) -> bool:
    """The words of the place and the pin or the phone's position, first of all: no refusal loses them. Gives whether there is a pin."""
    order.place = " ".join(request.POST.get("place", "").split())
    lng, lat = _number(request.POST.get("lng", ""), 180), _number(request.POST.get("lat", ""), 180)
    pinned = lng is not None and lat is not None
    if pinned:
        order.lng, order.lat, order.how = lng, lat, request.POST.get("how", "map")[:10]
        order.gcj02 = request.POST.get("gcj02", "")[:60]
    if len(order.place) > PLACE_MOST:
        raise Refused("too_long", field="地点", most=PLACE_MOST)
    return pinned


def _place_of_picture(order: Order, pictures: list[dict[str, Any]]) -> None:
    """Where nobody set a pin, the picture's own place."""
    if order.how in {"", "picture"}:
        located = next((p for p in pictures if p.get("lng") is not None), None)
        order.lng, order.lat = (located["lng"], located["lat"]) if located else (None, None)
        order.how = "picture" if located else ""


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, token: str) -> HttpResponse:
    """第二步：说几句；附近有同样的问题就点“我也遇到了”."""
    row, order = drafts.find(token)
    if row.report_token:
        return received(row.report_token)
    if request.method != "POST":
        return words_page(request, row, order)
    try:
        keep_words(request, row, order)
        if not order.words and not row.pictures:
            raise Refused("no_words")
        if order.kind == "question" and request.POST.get("go") != "still":
            known = answers(order.words)
            if known:
                return show(request, "order_answers", tab="order", draft=row, order=order, answers=known)
        if request.POST.get("go") == "send":
            return _send(request, row, order)
    except Refused as refusal:
        return words_page(request, row, order, refusal)
    return _step("contact", token)


def keep_words(request: HttpRequest, row: Draft, order: Order) -> None:
    """What the form of step two says, kept before anything else is done with it. Raises `too_long`."""
    order.kind = request.POST.get("kind", order.kind) if request.POST.get("kind") in KINDS else order.kind
    order.words = request.POST.get("words", "").replace("\r\n", "\n").strip()
    if "category" in request.POST:
        chosen = request.POST["category"]
        order.category = chosen if chosen in {item.code for item in menu()} else ""
    if len(order.words) > WORDS_MOST:
        raise Refused("too_long", field="内容", most=WORDS_MOST)
    drafts.save(row, order)


def words_page(request: HttpRequest, row: Draft, order: Order, refusal: Refused | None = None) -> HttpResponse:
    """Step two with the same problems nearby."""
    around: list[dict[str, Any]] = []
    where = ""
    if order.lng is not None and order.lat is not None:
        around = queries.near(order.lng, order.lat, order.category)
        place = city.locate(order.lng, order.lat)
        where = area_name(place.street, place.community)
    facts = {"draft": row, "order": order, "around": around, "where": where, "refusal": refusal, "kinds": _kinds()}
    status = refusal.status if refusal else 200
    return show(request, "order_words", tab="order", status=status, menu=menu(), most=WORDS_MOST, **facts)


def _kinds() -> list[str]:
    return list(KINDS)


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, token: str) -> HttpResponse:
    """第三步：怎么联系您（可以不填）."""
    row, order = drafts.find(token)
    if row.report_token:
        return received(row.report_token)
    if request.method != "POST":
        return show(request, "order_contact", tab="order", draft=row, order=order)
    order.name, order.phone, order.email = (request.POST.get(n, "").strip()[:254] for n in ("name", "phone", "email"))
    order.share_contact = request.POST.get("share_contact") == "1"
    try:
        return _send(request, row, order)
    except Refused as refusal:
        facts = {"draft": row, "order": order, "refusal": refusal}
        return show(request, "order_contact", tab="order", status=refusal.status, **facts)


def _point(order: Order) -> Point | None:
    """Where it is. While the pin stands where WeChat said, the point is kept as WeChat said it."""
    if order.lng is None or order.lat is None:
        return None
    east, _, north = order.gcj02.partition(",")
    lng, lat = _number(east, 180), _number(north, 85)
    if lng is not None and lat is not None:
        found = to_wgs84(lng, lat, "gcj02")
        if max(abs(found[0] - order.lng), abs(found[1] - order.lat)) < SAME:
            return Point(lng, lat, "gcj02", by=order.how)
    return Point(order.lng, order.lat, by=order.how)


def _send(request: HttpRequest, row: Draft, order: Order) -> HttpResponse:
    """Take it in. The draft's token is the request's key: sent twice, it is one report."""
    made = door.take(
        request,
        {"name": order.name, "phone": order.phone, "email": order.email},
        take_in,
        channel="web",
        words=order.words,
        kind=order.kind,
        share_contact=order.share_contact,
        pictures=row.pictures,
        place=order.place,
        point=_point(order),
        category=order.category or None,
        language=language_code(),
        sender=addresses.sender(request),
        key=f"draft:{row.token}",
    )
    drafts.sent(row, made.token)
    return received(made.token)


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """一页纸的点单：没有网络也能写，连上后自动发出."""
    answer = show(request, "order_offline", tab="order")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@csrf_exempt
@require_POST
def quick(request: HttpRequest) -> HttpResponse:
    """Take in an order that a phone kept while it had no line.

    No cookie decides anything here and nobody is signed in, so there is nothing that another site could misuse; the
    phone's own key makes a second sending give the first answer.
    """
    key = request.POST.get("key", "")
    if not (16 <= len(key) <= 64 and key.replace("-", "").isalnum()):
        raise Refused("missing", field="key")
    lng, lat = _number(request.POST.get("lng", ""), 180), _number(request.POST.get("lat", ""), 180)
    given = request.POST
    made = take_in(
        channel="web",
        words=given.get("words", "")[:WORDS_MOST],
        kind=given.get("kind", "complaint"),
        contact={"phone": given.get("phone", ""), "name": given.get("name", "")},
        pictures=uploads.taken(request, most=PICTURES),
        place=given.get("place", "")[:PLACE_MOST],
        point=Point(lng, lat, by="phone") if lng is not None and lat is not None else None,
        language=language_code(),
        sender=addresses.sender(request),
        key=f"phone:{key}",
    )
    return JsonResponse({"code": made.token, "address": reverse("portal:progress", args=[made.token])})


@require_safe
def around(request: HttpRequest) -> HttpResponse:
    """Where a pin lies (WGS-84, whatever its `datum` was) and what is open around it, for the page's script."""
    lng, lat = _number(request.GET.get("lng", ""), 180), _number(request.GET.get("lat", ""), 85)
    if lng is None or lat is None:
        raise Refused("missing", field="lng, lat")
    datum = request.GET.get("datum", "wgs84")
    if datum not in DATUMS:
        raise Refused("bad_choice", field="坐标系")
    limits.spend(request, "around", most=240, seconds=600)
    lng, lat = to_wgs84(lng, lat, datum)
    place = city.locate(lng, lat)
    found = queries.near(lng, lat, request.GET.get("category", "")[:5])
    facts = {
        "lng": lng,
        "lat": lat,
        "where": area_name(place.street, place.community),
        "inside": place.inside,
        "open": len(found),
        "hotline": setting("hotline", "12319"),
    }
    return JsonResponse(facts, headers={"Cache-Control": "no-store"})
