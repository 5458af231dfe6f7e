"""What a picture looks like (照片指纹): 64 bits that stay nearly the same when it is made smaller, brighter or saved again.

Each bit says whether a spot of a 9 by 8 picture is brighter than its right neighbour (difference hash). A picture with hardly any
difference in it (a dark pocket, a white wall) has no look: it would be like every other of its kind.
"""

from typing import Final

from django.db import connection
from PIL import Image

from xiucheng.cases import pictures
from xiucheng.triage.models import PictureLook

WIDE, HIGH = 9, 8
PLAIN: Final = 24
"""So many grey steps there must be between the darkest and the brightest spot."""
ALIKE: Final = 6
"""So many of 64 bits may differ."""
_MISSING: Final = """
SELECT DISTINCT p.sha256 FROM cases_picture p WHERE p.case_id = %s AND p.stage = 'report'
  AND NOT EXISTS (SELECT 1 FROM triage_picturelook k WHERE k.sha256 = p.sha256) LIMIT 20
"""


def look(image: Image.Image) -> int | None:
    """The look of a picture as a signed number of 64 bits; none for a plain one. Pure."""
    small = image.convert("L").resize((WIDE, HIGH), Image.Resampling.LANCZOS).tobytes()
    if max(small) - min(small) < PLAIN:
        return None
    bits = 0
    for row in range(HIGH):
        for column in range(WIDE - 1):
            at = row * WIDE + column
            bits = bits << 1 | (small[at] > small[at + 1])
    return bits - (1 << 64) if bits >> 63 else bits


def apart(one: int, other: int) -> int:
    """In how many bits two looks differ."""
    return ((one ^ other) & (1 << 64) - 1).bit_count()


def take(case_id: int) -> int:
    """Look at the case's pictures that have not been looked at; gives how many. A file that is gone has no look."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, [case_id])
        names = [row[0] for row in cursor.fetchall()]
    rows = [PictureLook(sha256=name, look=_of_file(name)) for name in names]
    PictureLook.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _of_file(sha256: str) -> int | None:
    try:
        with Image.open(pictures.path(sha256, "thumb")) as image:
            return look(image)
    except (OSError, ValueError):
        return None
