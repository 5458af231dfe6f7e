"""What a phone keeps for a bad line (离线): the service worker and the web app's name card."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from xiucheng.portal.texts import texts


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The service worker; it names the static files of this version."""
    answer = render(request, "portal/sw.js", content_type="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Name, colours and start page for "add to home screen"."""
    own = texts()
    name = f"{own['district_name']}{own['product_name']}"
    icon = {"src": static("pages/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    card = {
        "name": name,
        "short_name": own["product_name"],
        "lang": "zh-Hans",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f4f6f8",
        "theme_color": "#12406b",
        "icons": [icon],
    }
    return JsonResponse(card, headers={"Cache-Control": "public, max-age=3600"})
