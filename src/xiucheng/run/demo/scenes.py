"""Pictures of the demo (演示照片): small drawn street scenes, before and after; nobody and no real place is in them."""

import io
import random
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (960, 720)
SKIES: Final = ((206, 224, 238), (223, 229, 231), (190, 210, 222), (236, 226, 210))
WALLS: Final = ((201, 186, 168), (188, 196, 190), (214, 200, 190), (176, 184, 196))


def scene(seed: int, *, mended: bool, about: str = "") -> bytes:
    """A JPEG of a street corner with something broken, or the same corner put right; `about` names the category."""
    dice = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    image = Image.new("RGB", SIZE, dice.choice(SKIES))
    draw = ImageDraw.Draw(image)
    _houses(draw, dice)
    draw.rectangle((0, 470, 960, 540), fill=(186, 181, 172))
    draw.rectangle((0, 540, 960, 720), fill=(112, 115, 119))
    for x in range(-40, 960, 160):
        draw.rectangle((x, 624, x + 90, 634), fill=(236, 236, 228))
    _subject(about)(draw, dice, mended)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _subject(about: str) -> "Painter":
    """What stands in the middle of the picture."""
    for words, painter in SUBJECTS:
        if any(word in about for word in words):
            return painter
    return _rubbish


def _houses(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    x = -dice.randrange(60)
    while x < SIZE[0]:
        width, top = dice.randrange(140, 260), dice.randrange(80, 260)
        draw.rectangle((x, top, x + width, 470), fill=dice.choice(WALLS))
        for row in range(top + 24, 430, 62):
            for column in range(x + 20, x + width - 40, 56):
                draw.rectangle((column, row, column + 30, row + 36), fill=(120, 138, 150))
        draw.rectangle(
            (x + 12, 410, x + width - 12, 470), fill=dice.choice(((150, 60, 52), (52, 96, 120), (90, 84, 70)))
        )
        x += width + dice.randrange(6, 26)


def _railing(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    white = (240, 242, 240)
    for x in range(60, 900, 60):
        fallen = not mended and 360 < x < 620
        if fallen:
            draw.line((x, 560, x + 70, 590), fill=white, width=9)
        else:
            draw.line((x, 460, x, 560), fill=white, width=9)
    for y in (470, 520):
        draw.line((60, y, 360 if not mended else 900, y), fill=white, width=9)
        draw.line((620, y, 900, y), fill=white, width=9)
    if not mended:
        draw.line((370, 566, 640, 606), fill=white, width=9)


def _cover(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    x = dice.randrange(300, 560)
    draw.ellipse(
        (x, 580, x + 170, 650), fill=(70, 72, 74) if mended else (18, 18, 20), outline=(150, 150, 150), width=6
    )
    if mended:
        for n in range(5):
            draw.line((x + 30 + n * 26, 596, x + 30 + n * 26, 636), fill=(98, 100, 102), width=4)
    else:
        draw.polygon(((x + 200, 590), (x + 300, 576), (x + 340, 620), (x + 230, 640)), fill=(92, 92, 94))


def _rubbish(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    draw.rectangle((640, 430, 740, 560), fill=(46, 116, 74))
    draw.rectangle((630, 416, 750, 436), fill=(38, 92, 60))
    if mended:
        return
    for _ in range(46):
        x, y, size = dice.randrange(420, 820), dice.randrange(520, 640), dice.randrange(14, 46)
        shade = dice.choice(((220, 214, 200), (60, 62, 68), (182, 148, 96), (206, 60, 54), (240, 240, 236)))
        draw.ellipse((x, y, x + size, y + size * 2 // 3), fill=shade)


def _lamp(draw: ImageDraw.ImageDraw, dice: random.Random, mended: bool) -> None:
    draw.line((480, 560, 480, 120), fill=(84, 88, 92), width=14)
    if mended:
        draw.line((480, 126, 610, 110), fill=(84, 88, 92), width=10)
        draw.ellipse((590, 98, 660, 128), fill=(255, 236, 170))
    else:
        draw.line((480, 126, 560, 190), fill=(84, 88, 92), width=10)
        draw.ellipse((540, 182, 606, 214), fill=(66, 66, 70))
        draw.line((560, 214, 540, 330), fill=(30, 30, 32), width=3)


Painter = Callable[[ImageDraw.ImageDraw, random.Random, bool], None]
SUBJECTS: Final[tuple[tuple[tuple[str, ...], Painter], ...]] = (
    (("井盖", "箅", "坑", "路面", "塌", "排水", "管道", "盲道", "坡道", "人行道"), _cover),
    (("灯", "杆", "牌", "线", "树", "广告"), _lamp),
    (("栏", "座椅", "亭", "隔离", "围挡", "桩"), _railing),
)
