"""Hide personal data in free text (脱敏): phone, identity card, bank card, plate, account, e-mail, name. Pure; errs on the side of hiding."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from xiucheng.rules.names import hide_names

_GAP: Final = r"[- ]{0,3}"
_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SPOKEN: Final = "零〇一二两三四五六七八九幺"
_SAYS: Final = r"(?:号码|号)?\s?(?:是|为|叫)?\s?[:=]?\s?"


def _ends(hit: re.Match[str]) -> str:
    """Both ends stay, four stars between."""
    return f"{_plain(hit[1])}****{_plain(hit[2])}"


def _identity(hit: re.Match[str]) -> str:
    """A number of eighteen in groups only where a birthday stands in it: other long numbers are written so too."""
    digits = _plain(hit[0])
    born = re.fullmatch(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}.", digits)
    return f"{digits[:6]}********{digits[-4:]}" if born else hit[0]


def _card(hit: re.Match[str]) -> str:
    """Only numbers whose check digit fits: components of some districts begin like cards."""
    total = 0
    for n, digit in enumerate(reversed(hit[0])):
        value = int(digit) * (1 + n % 2)
        total += value - 9 * (value > 9)
    return hit[0] if total % 10 else "****"


Rules = Sequence[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]
_RULES: Final[Rules] = (
    (
        re.compile(
            r"[A-Za-z0-9_.+-]+\s?(?:@|[\[(（]\s?at\s?[\])）])\s?(?:[A-Za-z0-9-]+|[\u4e00-\u9fff]{1,8})"
            r"(?:[.。](?:[A-Za-z0-9-]+|公司|中国|网络))+"
        ),
        "***@***",
    ),
    (
        re.compile(r"(?<!\d)(\d{6})[- ]?\d{8}[- ]?(\d{3}[\dXx*])(?![\dA-Za-z])"),
        lambda hit: _ends(hit).replace("****", "*" * 8, 1),
    ),
    (re.compile(r"(?<!\d)(?:\d[- ]?){17}[\dXx*](?![\dA-Za-z])"), _identity),
    (re.compile(r"(?P<said>身份证?(?:号码|号)?[^\d]{0,6}\d{6})\d{6}(\d{3})(?!\d)"), r"******\2"),
    (
        re.compile(rf"(?P<said>(?:卡号|银行卡|储蓄卡|信用卡|工资卡|账号|帐号){_SAYS})(?:\d[- ]?){{14,18}}\d(?!\d)"),
        "****",
    ),
    (re.compile(r"(?<!\d)(?:62\d{14,17}|9558\d{15})(?!\d)"), "****"),
    (
        re.compile(r"(?<!\d)(?:6\d{3}|4\d{3}|5[1-5]\d{2}|9558|3[57]\d{2})(?:[- ]\d{4}){3}(?:[- ]?\d{1,3})?(?!\d)"),
        "****",
    ),
    (re.compile(r"(?<!\d)(?:4\d{15}|5[1-5]\d{14}|60\d{14})(?!\d)"), _card),
    (
        re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?(1[3-9]\d)(?:{_GAP}\d){{4}}{_GAP}((?:\d{_GAP}){{3}}\d)(?!\d)"),
        _ends,
    ),
    (re.compile(r"(?<![\d.])(1[3-9]\d)[.]\d{4}[.](\d{4})(?![\d.])"), _ends),
    (re.compile(r"(?<!\d)(1[- ]{1,3}[3-9][- ]{1,3}\d)(?:[- ]{1,3}\d){4}((?:[- ]{1,3}\d){4})(?!\d)"), _ends),
    (
        re.compile(
            rf"(?<![{_SPOKEN}])([一幺][,、 ]?[三四五六七八九][,、 ]?[{_SPOKEN}])(?:[,、，。 ]?[{_SPOKEN}]){{4}}"
            rf"((?:[,、，。 ]?[{_SPOKEN}]){{4}})(?![{_SPOKEN}])"
        ),
        lambda hit: "****".join(re.sub(r"\W", "", part) for part in hit.groups()),
    ),
    (re.compile(r"\((0(?:10|2\d|[3-9]\d{2}))\)[- ]{0,2}\d{3,4}[- ]?(\d{4})(?!\d)"), r"\1-****\2"),
    (re.compile(r"(?<!\d)(0(?:10|2\d|[3-9]\d{2}))[- ]{0,2}\d{3,4}[- ]?(\d{4})(?!\d)"), r"\1-****\2"),
    (re.compile(rf"(?P<said>(?:座机|电话|固话|联系方式|手机){_SAYS})[2-8]\d{{2,3}}[- ]?(\d{{4}})(?!\d)"), r"****\2"),
    (
        re.compile(
            rf"([{_PROVINCES}]) ?([A-Za-z])[-·•・.:\s]{{0,3}}(?=[A-Za-z]{{0,4}}\d)"
            r"(?:[A-Za-z0-9]{4,5}|[A-Za-z0-9]{3} [A-Za-z0-9]|[A-Za-z0-9]{2} [A-Za-z0-9]{2}|[A-Za-z0-9]{3}(?=[警学挂领港澳]))"
            r"([A-Za-z0-9警学挂领港澳])(?![A-Za-z0-9])"
        ),
        lambda hit: f"{hit[1]}{hit[2].upper()}·***{hit[3].upper()}",
    ),
    (
        re.compile(
            rf"(?P<said>(?:车牌|牌照|车号){_SAYS})[A-Za-z][-·•. ]?(?=[A-Za-z]*\d)[A-Za-z0-9]{{5,6}}(?![A-Za-z0-9])"
        ),
        "***",
    ),
    (re.compile(rf"WJ ?[{_PROVINCES}]?[-·• ]?\d{{4}}[0-9A-Z](?![A-Za-z0-9])"), "WJ***"),
    (
        re.compile(
            rf"(?P<said>(?:护照|通行证|台胞证|军官证|驾驶证|驾照|居住证){_SAYS})[A-Za-z]{{0,2}}\d{{6,17}}[Xx]?(?![A-Za-z0-9])"
        ),
        "***",
    ),
    (
        re.compile(
            rf"(?P<said>(?:微信|(?<![A-Za-z])(?i:wechat|weixin|QQ|[VW]X(?=[号是为: ])|V信)|[Vv]信|扣扣|企鹅号){_SAYS})"
            r"[A-Za-z0-9][-_A-Za-z0-9]{4,19}(?![-_A-Za-z0-9])"
        ),
        "***",
    ),
)


_DOOR: Final = r"(?:\d{1,2}-\d{1,4}|[零〇一二三四五六七八九]{3,4}|\d{3,4})"
_NO_DOOR: Final = r"(?![\d零一二三四五六七八九多余]|[米元块个平吨辆盏根次千万%栋幢单楼层期号弄路人位天年月日度斤公])"
_ROOMS: Final[Rules] = (
    (re.compile(r"(?P<said>(?<![\d-])(?<=[\u4e00-\u9fff#])\s?\d{1,3}-)\d{1,2}-\d{1,4}(?![\d-])"), "***"),
    (re.compile(rf"(?P<said>单元\s?)(?:{_DOOR}|\d{{1,2}})(?:\s?(?:室|房间?|户|号房?))?{_NO_DOOR}"), "***"),
    (
        re.compile(
            rf"(?P<said>(?:[栋幢座楼层#]|[号村院苑园](?=\d{{1,2}}-\d{{3,4}}))\s?){_DOOR}(?:\s?(?:室|房间?|户|号房))?{_NO_DOOR}"
        ),
        "***",
    ),
    (re.compile(r"(?<![\d-])[A-Za-z]?(?:\d{1,2}-)?\d{3,4}\s?(?P<room>室|号房|房(?![价屋产管租子东]))"), r"***\g<room>"),
    (re.compile(r"[零〇一二三四五六七八九]{3,4}(?P<room>室|号房)"), r"***\g<room>"),
)
"""Which door in which building: `3栋2单元501`, `5-3-2`, `501室`. The building stays, so that the place is still found."""


_NARROW: Final = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    **{circled: circled - 0x2460 + 0x31 for circled in range(0x2460, 0x2469)},
    **dict.fromkeys((0x3000, 0x00A0, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE0F, 0x20E3), 0x20),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), 0x2D),
}
"""Full-width letters and digits (全角), as many keyboards write them, circled ones, blanks seen and unseen, dashes: each to its ordinary one."""


def _plain(digits: str) -> str:
    """Wide digits as usual ones, without gaps."""
    return re.sub(r"[- ]", "", unicodedata.normalize("NFKC", digits))


def mask(text: str) -> str:
    """The text with personal data hidden, full-width digits included; everything else stays to the letter."""
    return hide_names(_hidden(text, _RULES))


def mask_public(text: str) -> str:
    """The same for everybody to read: behind which door somebody lives is hidden too. Who works on it must find the door."""
    return hide_rooms(mask(text))


def hide_rooms(text: str) -> str:
    """The text without room numbers (房号): `3栋2单元501漏水` → `3栋2单元***漏水`."""
    return _hidden(text, _ROOMS)


def _hidden(text: str, rules: Rules) -> str:
    plain = text.translate(_NARROW)
    for pattern, instead in rules:
        kept, at = [], 0
        for found in pattern.finditer(plain):
            put = instead(found) if callable(instead) else found.expand(instead)
            said = text[slice(*found.span("said"))] if "said" in pattern.groupindex else ""
            kept += [text[at : found.start()], text[slice(*found.span())] if put == found[0] else said + put]
            at = found.end()
        if at:
            text = "".join(kept) + text[at:]
            plain = text.translate(_NARROW)
    return text


def mask_name(name: str) -> str:
    """`王小明` → `王**`."""
    return name[:1] + "*" * (len(name) - 1) if name else ""


def mask_phone(phone: str) -> str:
    """`13812345678` → `138****5678`; a short number keeps its last two digits."""
    digits = phone.strip()
    if len(digits) >= 10:
        return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]
    return "*" * max(len(digits) - 2, 0) + digits[-2:]


_ABROAD: Final = re.compile(r"(?:00)?86(?=1\d{10}$)")


def dialled(phone: str) -> str:
    """`+86 138-1234-5678` → `13812345678`: the same number is the same however it was written."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdigit())
    return _ABROAD.sub("", digits, count=1) if _ABROAD.match(digits) else digits
