"""Addresses of the phone."""

from django.urls import path

from xiucheng.field.views import found, inbox, tasks, work

app_name = "field"
urlpatterns = [
    path("", found.home, name="home"),
    path("tasks/", tasks.listed, name="tasks"),
    path("tasks/<int:task_id>/", tasks.one, name="task"),
    path("tasks/<int:task_id>/take/", tasks.taken, name="take"),
    path("tasks/<int:task_id>/back/", tasks.back, name="back"),
    path("tasks/<int:task_id>/<str:act>/", tasks.report_back, name="report_back"),
    path("work/", work.listed, name="work"),
    path("cases/<slug:number>/", work.case, name="case"),
    path("cases/<slug:number>/<str:key>/", work.carry_out, name="act"),
    path("pace/", work.pace, name="pace"),
    path("report/", found.report, name="report"),
    path("mine/", found.mine, name="mine"),
    path("me/", found.me, name="me"),
    path("notices/", inbox.listed, name="notices"),
    path("notices/read/", inbox.read, name="read"),
    path("notices/badge/", inbox.badge, name="badge"),
]
