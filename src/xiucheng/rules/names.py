"""Names of persons in free text (人名): after a word that announces one (我叫, 联系人：) and before a form of address (先生). Pure.

Chinese has no capital letters: what follows is taken for a name only if it begins with a family name and has nothing in it that
names do not have. Words for places and trades end a name, so that `学府路` or `李先生牛肉面` stay.
"""

import re
from typing import Final

_COMMON: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭何罗宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖邹熊陆郝孔崔邱"
    "秦顾侯邵孟龙段雷钱汤尹黎易贺赖龚樊邢倪严牛葛殷俞冉代涂蒲向舒詹"
)
_FURTHER: Final = "高林梁马江方金史常武乔白康毛安万文华洪庄颜施柳岳齐梅季兰伍柯卓温翁甘童欧聂焦成关骆耿左柴谷商鲁裴单宫郎包屈房艾祁巩简祝穆芦费古翟连饶戚时"
_DOUBLE: Final = "欧阳|上官|司马|诸葛|司徒|东方|夏侯|皇甫|尉迟|公孙|慕容|令狐|端木|轩辕"
_NEVER: Final = (
    "路街巷道村区园楼门口边旁侧号栋市场的了在是和与有住家电话手机男女人生员户主客业居从来也去要想说请把被给让对向到叫这那一二三四五六七八九十上下里内外前后"
    "先士姐师傅阿姨爷妈叔今昨都就还不没很您你我他她它们个位名姓校院厂店馆所站桥镇乡县城苑寺湾坪洲台经续"
)
"""Letters that are not taken for part of a given name; some names have them, and then one letter stays."""
_GIVEN: Final = rf"(?:[\u3400-\u9fff](?<![{_NEVER}]))"
_GIVEN_ANY: Final = (
    rf"(?:{_GIVEN}|[一生来成先家人三有](?=[\u3400-\u9fff]?(?:先生|女士|小姐|[，。,.;；、：:\s()（）!！0-9]|$)))"
)
_SURE: Final = rf"(?:{_DOUBLE}|[{_COMMON}])"
_ANY: Final = rf"(?:{_DOUBLE}|[{_COMMON}{_FURTHER}])"
_END: Final = r"(?=[，。,.;；、\s()（）!！：:0-9０-９]|电话|手机|$)"
_TITLE: Final = r"(?:先生|女士|小姐|太太|阿姨|大爷|大妈|大叔)(?!牛肉|面|加州|餐|饭|火锅|超市|店|烧烤|小吃|药房)"
_LABEL: Final = r"(?:联系人|姓名|反映人|诉求人|投诉人|举报人|来电人|报修人|申请人|当事人|车主|户主|署名)(?:是|为|叫)?\s*[：:＝=]?\s*"

_RULES: Final[tuple[re.Pattern[str], ...]] = (
    re.compile(rf"(?P<before>{_LABEL})(?P<family>{_ANY})(?P<given>{_GIVEN_ANY}{{1,2}})"),
    re.compile(
        rf"(?P<before>我叫|我的名字[是叫]|名字叫|本人叫|我姓名)(?P<family>{_SURE})(?P<given>{_GIVEN_ANY}{{1,2}})"
    ),
    re.compile(rf"(?P<before>本人)(?P<family>{_SURE})(?P<given>{_GIVEN}{{1,2}}){_END}"),
    re.compile(rf"(?P<before>我叫|我是|我的名字[是叫]|名字叫)(?P<family>{_ANY})(?P<given>{_GIVEN}{{1,2}}){_END}"),
)
_ADDRESSED: Final = re.compile(
    rf"(?:{_ANY}{_GIVEN_ANY}{{1,2}}|{_ANY})(?={_TITLE})|(?:{_SURE}{_GIVEN}{{1,2}}|{_SURE})(?=师傅)"
)


def hide_names(text: str) -> str:
    """`我叫王小明` → `我叫王**`, `王小明先生` and `王先生` → `某先生`; everything else stays to the letter."""
    for rule in _RULES:
        text = rule.sub(_starred, text)
    return _ADDRESSED.sub("某", text)


def _starred(hit: re.Match[str]) -> str:
    return f"{hit['before']}{hit['family']}{'*' * len(hit['given'])}"
