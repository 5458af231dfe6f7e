"""What logs may say (日志脱敏)."""

import logging
import sys

import pytest

from xiucheng.run.logs import Quiet, quiet


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Conflict: /api/v1/reports/AYD2ZRGEVK293BN7/acts/urge", "Conflict: /api/v1/reports/***/acts/urge"),
        ("Not Found: /t/AYD2ZRGEVK293BN7/", "Not Found: /t/***/"),
        ("Not Found: /t/AYD2-ZRGE-VK29-3BN7/", "Not Found: /t/***/"),
        ("Not Found: /t/ayd2zrgevk293bn7/", "Not Found: /t/***/"),
        ("Not Found: /static/vendor/maplibre/", "Not Found: /static/vendor/maplibre/"),
        ("Not Found: /desk/cases/5001082026112400048/", "Not Found: /desk/cases/5001082026112400048/"),
        ("电话 19900001234 打不通", "电话 199****1234 打不通"),
    ],
)
def test_quiet_hides_keys_and_numbers(line: str, kept: str) -> None:
    assert quiet(line) == kept


def test_filter_hides_what_arguments_say() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "%s: %s", ("Gone", "/t/AYD2ZRGEVK293BN7/"), None)
    assert (Quiet().filter(record), record.getMessage()) == (True, "Gone: /t/***/")


def test_filter_hides_what_a_traceback_says() -> None:
    try:
        raise ValueError("DETAIL: (phone)=(19900001234) at /t/AYD2ZRGEVK293BN7/")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "fault", (), sys.exc_info())
    Quiet().filter(record)
    last = logging.Formatter().format(record).splitlines()[-1]
    assert last == "ValueError: DETAIL: (phone)=(199****1234) at /t/***/"
