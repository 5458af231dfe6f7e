"""The demo district, loaded for the tests of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def demo(db: None) -> Iterator[Path]:
    """The folder of the demo pack, which is in the database."""
    from xiucheng.city import models, registers  # models can only be imported once Django is set up
    from xiucheng.city.pack import load

    folder = Path(models.__file__).parent / "packs" / "demo"
    load(folder)
    yield folder
    registers.forget()
