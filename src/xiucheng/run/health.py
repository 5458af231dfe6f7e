"""Whether the service lives and can work (健康检查), for load balancers and the parent process."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse


def alive(_request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(_request: HttpRequest) -> HttpResponse:
    """This process answers and reaches the database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        return JsonResponse({"database": False}, status=503, headers={"Retry-After": "2"})
    return JsonResponse({"database": True})
