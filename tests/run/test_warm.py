"""What the first call after a start needs is there before the processes fork: nothing is compiled, imported or looked for then."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.service import OWN

SCRIPT = """
import json, sys, threading
from xiucheng.run import first
first.load()
from types import SimpleNamespace
from django.contrib.auth import get_user_model
from django.db import connections
from django.template import engines
from django.urls import get_resolver, reverse
from django.utils.translation import override
calls = [SimpleNamespace(pk=7, rung=[1], account_id=1, agent="8001")]
facts = {"owed": 0, "ringing": [SimpleNamespace(call=one, state="ringing", phone="138****5678", cases=()) for one in calls], "words": None}
environment = engines["jinja2"].env
found = {
    "compiled": ("desk/calls/ringing.html" in {name for _, name in environment.cache.keys()}),
    "forks": [threading.active_count(), any(one.connection for one in connections.all())],
    "late": [], "bars": [],
}
sys.addaudithook(lambda event, arguments: event in {"import", "compile", "open"} and found["late"].append(f"{event} {arguments[0]}"))
for code in ("zh-hans", "en"):
    with override(code):
        get_resolver().resolve("/desk/calls/now/")
        assert reverse("desk:calls_now") == "/desk/calls/now/"
        found["bars"].append(engines["jinja2"].get_template("desk/calls/ringing.html").render(facts))
late = found.pop("late")
print(json.dumps({**found, "late": late}))
"""


def test_first_ring_finds_its_page_its_texts_and_its_addresses_loaded(tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if k not in OWN and not k.startswith("XIUCHENG_")}
    world = {**kept, "XIUCHENG_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "xiucheng.run.settings"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        env=world,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["compiled"], found["forks"], found["late"]) == (True, [1, False], [])
    assert ["正在振铃" in found["bars"][0], "正在振铃" in found["bars"][1]] == [True, False]
    assert [bar.count('data-call="7"') for bar in found["bars"]] == [1, 1]
