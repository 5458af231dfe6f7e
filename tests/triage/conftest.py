"""The demo pack for tests that read as a resident of the demo district would write."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def demo(db: None) -> Iterator[None]:
    """The demo pack in the database."""
    from xiucheng.city import models, registers  # models can only be imported once Django is set up
    from xiucheng.city.pack import load

    load(Path(models.__file__).parent / "packs" / "demo")
    yield
    registers.forget()
