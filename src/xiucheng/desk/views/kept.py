"""Saved views (常用视图): keep a queue with its filters under a name, drop it again."""

from django.http import HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from xiucheng.desk import params
from xiucheng.desk.access import ALL_POSTS, DeskRequest, staff
from xiucheng.desk.models import SavedView
from xiucheng.desk.tabs import find
from xiucheng.rules.legible import legible
from xiucheng.rules.refusals import Refused

MOST = 20


@require_POST
@staff(*ALL_POSTS)
def save_view(request: DeskRequest) -> HttpResponseBase:
    """Keep the filters (存视图); the same name again replaces them."""
    name = legible(request.POST.get("name", "")).strip()[:30]
    tab = find(request.POST.get("tab", ""), request.viewer.posts)
    if not name:
        raise Refused("missing", field="名称")
    if tab is None:
        raise Refused("bad_choice", field="队列")
    query = params.kept(QueryDict(request.POST.get("query", "")[:500]).dict())[:500]
    own = SavedView.objects.filter(account_id=request.viewer.id)
    if own.exclude(name=name).count() >= MOST:
        raise Refused("too_long", field="常用视图", most=MOST)
    SavedView.objects.update_or_create(
        account_id=request.viewer.id, name=name, defaults={"tab": tab.key, "query": query}
    )
    return HttpResponseRedirect(f"{reverse('desk:queue', args=[tab.key])}?{query}")


@require_POST
@staff(*ALL_POSTS)
def drop_view(request: DeskRequest, view: int) -> HttpResponseBase:
    """Drop one of one's own (删视图); somebody else's is not touched."""
    SavedView.objects.filter(account_id=request.viewer.id, id=view).delete()
    return HttpResponseRedirect(reverse("desk:desk"))
