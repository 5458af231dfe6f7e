"""What the web server calls for each request (WSGI 入口)."""

import ctypes
import os
import signal

from django.core.wsgi import get_wsgi_application

PR_SET_PDEATHSIG = 1

if os.environ.get("XIUCHENG_PROCESS") == "web":
    # a worker must not outlive the process that started it: it would go on holding the port
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
application = get_wsgi_application()
