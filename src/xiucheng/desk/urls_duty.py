"""Addresses of the centre's own day (值班与交接): roster, handover, notice board, call-backs, people, calendar."""

from django.urls import path

from xiucheng.desk.views import board, call_backs, handover, people, recount, roster, standards

urlpatterns = [
    path("desk/roster/", roster.roster, name="roster"),
    path("desk/roster/add/", roster.add, name="roster_add"),
    path("desk/roster/plan/", roster.plan, name="roster_plan"),
    path("desk/roster/<int:turn>/", roster.change, name="roster_change"),
    path("desk/handovers/", handover.handovers, name="handovers"),
    path("desk/handovers/<int:handover>/sign/", handover.sign, name="handover_sign"),
    path("desk/bulletins/", board.bulletins, name="bulletins"),
    path("desk/bulletins/<int:bulletin>/", board.confirm, name="bulletin_confirm"),
    path("desk/bulletins/<int:bulletin>/read/", board.read_by, name="bulletin_read"),
    path("desk/call-backs/", call_backs.call_backs, name="call_backs"),
    path("desk/call-backs/<int:task>/", call_backs.call, name="call_back"),
    path("desk/pass-on/<int:task>/", call_backs.pass_on, name="pass_on"),
    path("desk/people/", people.people, name="people"),
    path("desk/people/<int:account>/leave/", people.leave, name="person_leave"),
    path("desk/people/import/<slug:kind>/", people.sheet, name="people_import"),
    path("desk/people/import/<slug:kind>/empty.csv", people.empty_sheet, name="people_empty"),
    path("desk/standards/", standards.standards, name="standards"),
    path("desk/standards/download.xlsx", standards.download, name="standards_download"),
    path("desk/calendar/", recount.recount, name="recount"),
]
