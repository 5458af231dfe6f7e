"""What the web server calls for each request (WSGI 入口)."""

import gc
import os

from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries

from xiucheng.run.warm import warm

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
application = get_wsgi_application()

# `guard` looks after the connection at the start of each request; Django's own two looks would cost a twentieth of a report
request_started.disconnect(close_old_connections)
request_started.disconnect(reset_queries)

warm()

# What was loaded stays until the end: the collector need not walk it again and again (a third of a list page's processor time)
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
