"""Names of persons in free text (人名): after a word that announces one (我叫, 联系人：), before a form of address (先生), beside a number. Pure.

Chinese has no capital letters: what follows is taken for a name only if it begins with a family name and has nothing in it that
names do not have. Words for places and trades end a name, so that `学府路` or `李先生牛肉面` stay.
"""

import re
from typing import Final

_COMMON: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭何罗宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖邹熊陆郝孔崔邱"
    "秦顾侯邵孟龙段雷钱汤尹黎易贺赖龚樊邢倪严牛葛殷俞冉代涂蒲向舒詹覃岑瞿敖苟牟阚晏褚佘庹谌蹇阮鄢冼邬邝郜郗郁裘缪滕芮竺卞臧仇甄闫肖付"
)
_FURTHER: Final = (
    "高林梁马江方金史常武乔白康毛安万文华洪庄颜施柳岳齐梅季兰伍柯卓温翁甘童欧聂焦成关骆耿左柴谷商鲁裴单宫郎包屈房艾祁巩简祝穆芦费古翟连饶戚时"
    "莫闵倪霍虞窦蔺"
)
_RARE: Final = "禹粟况游阳明敬税廉幸尧卿湛揭匡桂车娄曲项解强苗凌支柏米计伏盛麻蓝闻党习冷"
"""Words of every day that are family names too: only before a form of address or after a word that surely announces a name."""
_DOUBLE: Final = "欧阳|上官|司马|诸葛|司徒|东方|夏侯|皇甫|尉迟|公孙|慕容|令狐|端木|轩辕"
_WORDS: Final = (
    r"(?!何[时处况必种]|任[意何务教职期]|张[贴开罗]|曾[经在于多]|孔洞|石[头板子材料]|黄[色线沙土桷葛金疸]|龙[头门]|雷[雨电]|田[地间]|叶子|钱[款财]|段落|程[度序]"
    r"|代[表理替课]|贺卡|易[燃于]|于是|严[重禁格查]|牛奶|周[边围末日]|陆续|钟[头表]|夏[天季]|范围|金[属额]|常[常年见]|高[空温压度兴峰]|马[路上]"
    r"|方[便向法案]|文[明件化]|安[全装静置排]|白[天色]|包[括]|简[直单]|成[都为]|关[于]|单[元位]|向[来上下前后]|付[款费钱]|明[显明确]|游客|车[主位辆库道站]"
    r"|谢谢|计划|解[决释]|强[烈调行]|支[持付路]|时[间候]|施工|温度|连续|冷[天]|万一)"
)
"""Words of every day that begin with a family name."""
_NOT_AFTER: Final = (
    "(?<![工过日流]程)(?<![由对关至属位等过终归]于)(?<![任为如]何)(?<![上下每这本一四]周)(?<!扫黄)(?<![路标地阶这那一]段)(?<![收没给花付赚差欠交的有了拿]钱)(?<![感多拜答致道]谢)"
    r"(?<![\u3400-\u9fff](?<![叫是])向)"
    "(?<![紧夸一]张)(?:(?<!主张)|(?<=[业车户店房雇]主张))(?<![砂沙岩]石)(?<![责主现前担新历连继离原]任)(?<!其余)(?<!容易)(?<![取替]代)(?<![不没]曾)(?<![说证声表光照透文]明)(?<![太朝向夕]阳)"
    "(?<![旅导]游)(?<![情状]况)(?<![当小定按准及到]时)(?<![语作散中英]文)(?<![汽货停公道]车)(?<![统设]计)(?<![理了讲]解)(?<![加很坚]强)"
    "(?<![一开支]支)(?<![不]单)(?<![机海相有无]关)(?<![完变建]成)(?<![方地东西南北]方)(?<![住楼]房)(?<![治保平]安)(?<![应对交支]付)"
)
_NEVER: Final = (
    "路街巷道村区园楼门口边旁侧号栋市场的了在是和与有住家电话手机男女人生员户主客业居从来也去要想说请把被给让对向到叫这那一二三四五六七八九十上下里内外前后"
    "某先士姐师傅阿姨爷妈叔今昨都就还不没很您你我他她它们个位名姓校院厂店馆所站桥镇乡县城苑寺湾坪洲台经续"
)
"""Letters that are not taken for part of a given name; some names have them, and then one letter stays."""
_GIVEN: Final = rf"(?:[\u3400-\u9fff](?<![{_NEVER}]))"
_GIVEN_ANY: Final = rf"(?:(?!先生|师傅){_GIVEN}|(?!先生)[一二三四五六七八九生来成先家人有](?=[\u3400-\u9fff]?(?:先生|女士|小姐|[，。,.;；、：:\s()（）!！0-9呀嘛]|$)))"
_SURE: Final = rf"(?:{_WORDS}(?:{_DOUBLE}|[{_COMMON}]){_NOT_AFTER})"
_ANY: Final = rf"(?:{_WORDS}(?:{_DOUBLE}|[{_COMMON}{_FURTHER}]){_NOT_AFTER})"
_SURELY_ANY: Final = rf"(?:{_WORDS}(?:{_DOUBLE}|[{_COMMON}{_FURTHER}{_RARE}]){_NOT_AFTER})"
_END: Final = r"(?=[，。,.;；、\s()（）!！：:0-9０-９呀嘛]|电话|手机|联系|$)"
_SPEAKS: Final = rf"(?:{_END}|(?=反映|反应|投诉|举报|表示|来电|住在|住[\d南北东西]|家[里的门住半楼]|[说称讲在打骂]|态度|多次|一直|每天|天天|经常|\d))"
_TITLE: Final = (
    r"(?:先生|女士|小姐|太太|阿姨|大爷|大妈|大叔|婆婆|孃孃|嬢嬢|娘娘|爷爷|奶奶|叔叔|婶婶|大姐|大哥|大嫂|同志)"
    r"(?!牛肉|面|加州|餐|饭|火锅|超市|店|烧烤|小吃|药房|小面|豆花|卤|串|米线|水饺|包子)"
)
_TRADE: Final = (
    r"(?:师傅|老板|老板娘|经理|老师|医生|护士|警官|队长|主任|书记|科长|局长|所长|处长|主席|站长|组长|楼长|院长|校长|律师|总经理|工程师)"
    r"(?!牛肉|面馆|小面|餐|火锅|超市|店|烧烤|小吃|的店)"
)
_ONE: Final = r"[哥姐叔婶嬢孃总工](?=电话|手机|反映|说|讲|家|的|[，。,.;；、\s()（）!！：:0-9]|$)"
_ROLE: Final = (
    r"(?:业主|住户|居民|市民|村民|群众|房东|租客|租户|负责人|承包人|包工头|司机|驾驶员|车主|患者|病人|伤者|死者|受害人|老板|店主|邻居|法人|店长|户主|网格员|楼长"
    r"|书记|经理|队长|队员|保安|医生|老师|校长|民警|老公|老婆|丈夫|妻子|爱人|儿子|女儿|孩子|小孩|娃儿|母亲|父亲|妈妈|爸爸|我妈|我爸|收件人|收货人|收件|签名|落款"
    r"|微信名|昵称|同事|朋友|亲戚|同学)"
)
_SURELY: Final = r"(?:联系人|姓名|反映人|诉求人|投诉人|举报人|来电人|报修人|申请人|当事人|车主|户主|署名|收件人|收货人|负责人|反馈人|求助人|上报人|报案人|经办人|监护人)"
_LABEL: Final = rf"{_SURELY}(?:是|为|叫)?\s*[：:＝=—-]?\s*"
_ME: Final = r"(?:我名?叫|我的名字[是叫]|名字[叫是]|本人(?:名?叫|姓名)|我姓名|鄙人)"
_COLON: Final = r"\s*(?:名?叫做?|姓名)?\s*[：:＝=]?\s*"

_RULES: Final[tuple[re.Pattern[str], ...]] = (
    re.compile(
        rf"(?P<before>{_LABEL}|{_ME}{_COLON})(?P<family>[\u3400-\u9fff])(?P<given>[\u3400-\u9fff]{{1,4}}·[\u3400-\u9fff]{{1,6}})"
    ),
    re.compile(rf"(?P<before>{_ME}\s*)(?P<family>[A-Za-z])(?P<given>[A-Za-z]+(?: [A-Za-z]+){{0,2}})"),
    re.compile(rf"(?P<before>{_LABEL})(?P<family>{_SURELY_ANY})(?P<given>{_GIVEN_ANY}{{1,2}})"),
    re.compile(
        rf"(?P<before>{_ME}{_COLON}|[\u3400-\u9fff]姓[\u3400-\u9fff]{{1,2}}[，, ]{{0,2}}(?:我|名)?叫)(?P<family>{_SURE})(?P<given>{_GIVEN_ANY}{{1,2}})"
    ),
    re.compile(
        rf"(?P<before>{_ROLE}(?:\s*[：:＝=]\s*|(?:是|为)?名?叫做?|的名字[叫是]))(?P<family>{_SURE})(?P<given>{_GIVEN_ANY}{{1,2}})"
    ),
    re.compile(rf"(?P<before>{_ROLE}\s*[：:＝=]\s*)(?P<family>{_ANY})(?P<given>{_GIVEN_ANY}{{1,2}}){_END}"),
    re.compile(
        rf"(?P<before>本人[：:\s]*|{_ROLE}|(?:请联系|请找|找)(?:一下|到)?|(?:^|[，。,;；\s])名?叫做?)(?P<family>{_SURE})(?P<given>{_GIVEN_ANY}{{1,2}}){_SPEAKS}"
    ),
    re.compile(rf"(?P<before>{_ME}|我是)(?P<family>{_ANY})(?P<given>{_GIVEN}{{1,2}}){_END}"),
    re.compile(
        rf"(?P<before>我[是系](?:[^，。,;；！!\s]{{1,10}}[的个])?)(?P<family>{_SURE})(?P<given>{_GIVEN_ANY}{{1,2}})(?:{_END}|(?=的[妻老妈爸儿女家邻朋父母爱丈孩]))"
    ),
    re.compile(
        rf"(?P<before>(?:^|[，。,.;；：:（(\s]))(?P<family>{_SURE})(?P<given>{_GIVEN_ANY}{{1,2}})"
        r"(?=[（(：:，,、\s]{0,2}(?:1\d{2}\*{4}|\d{3,4}-\*{4}|电话|手机)|[（(，,、\s]{1,2}[男女](?![孩娃生人厕]))"
    ),
    re.compile(
        rf"(?P<before>1\d{{2}}\*{{4}}\d{{4}}[（(，,、\s]{{0,2}})(?P<family>{_SURE})(?P<given>{_GIVEN_ANY}{{1,2}})(?=[)），。,.;；\s]|$)"
    ),
    re.compile(
        rf"(?P<before>(?:此致|敬上|谢谢)[，。,!！\s]{{1,3}})(?P<family>{_SURE})(?P<given>{_GIVEN_ANY}{{1,2}})(?=\s*$)"
    ),
)
_ADDRESSED: Final = re.compile(
    rf"(?:{_SURELY_ANY}{_GIVEN_ANY}{{1,2}}|{_SURELY_ANY})(?=\s?{_TITLE})|(?!向)(?:{_SURE}{_GIVEN}{{1,2}}|{_SURE}|[马高](?=师傅))(?=老?{_TRADE})|{_SURE}(?={_ONE})"
)
_TITLES: Final = re.compile(rf"{_TITLE}|{_TRADE}|{_ONE}")
"""Where nobody is addressed, nobody is looked for: most texts have none."""


def hide_names(text: str) -> str:
    """`我叫王小明` → `我叫王**`, `王小明先生` and `王先生` → `某先生`; everything else stays to the letter."""
    for rule in _RULES:
        text = rule.sub(_starred, text)
    return _ADDRESSED.sub("某", text) if _TITLES.search(text) else text


def _starred(hit: re.Match[str]) -> str:
    return f"{hit['before']}{hit['family']}{'*' * len(hit['given'])}"
