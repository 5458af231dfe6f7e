"""Indexes that the gateway's own statements need."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_followers_are_found_by_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'case_main'")
        assert cursor.fetchone() == (1,)
