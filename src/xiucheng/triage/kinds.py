"""What kind of message it is (诉求类型): a question, a suggestion, praise, a request for help or a complaint, by its turns of phrase."""

import re
from typing import Final

_OPENING: Final = 60
_PRAISE: Final = re.compile(
    r"表扬|点赞|锦旗|衷心感谢|特此感谢|致谢|谢谢你们及时|(?:感谢|谢谢).{0,20}(?:及时|辛勤|辛苦|解决|拆除|修好|处理好|装好|弄好)"
    r"|(?:修好|处理好|解决|装好|弄好)(?:完)?了[，,。！! ]{0,2}(?:谢谢|感谢|多谢|辛苦|点赞)(?!.*(?:又|但|可是|不过|还是|仍))"
)
_QUESTION: Final = re.compile(
    r"咨询|请问|想问|问一下|想了解|什么时候|啥时候|何时|是否|怎么办理|如何办理|怎样办理|在哪里办|能否告知|归谁管"
    r"|(?:吗|么|呢)[？?。]|(?:多少|几时|哪里|哪天|怎么算)[？?]"
)
_SUGGESTION: Final = re.compile(
    r"建议|提议|希望.{0,12}(?:增设|增加|新建|修建|规划|开通|加装|设置|完善)|(?:能不能|能否|可否|可以).{0,8}(?:增设|增加|加装|加设|开通|修建|设置)"
    r"|请.{0,12}(?:加装|增设|增加|开通)|亟需|盼.{0,6}(?:建|通)"
)
_HELP: Final = re.compile(r"求助|救救|帮帮|帮忙|请求帮助|急需|求.{0,4}(?:解决|处理)")

_COURTESY: Final = re.compile(
    r"(?:尊敬的)?(?:领导|各位领导|您|你|你们|大家|客服|工作人员)[，, ]?(?:您|你)?好[呀啊]?[，,。！!：: ]*"
    r"|请问(?:一下|一哈)?[，,]?|想问(?:一下|哈)?[，,]?|(?:麻烦|拜托|烦请|恳请|敬请)(?:你们|您|各位)?"
    r"|(?:我|我们|我想|我要|我来)?(?:反映|反应|咨询|问)(?:一下|一哈|个|一个)(?:问题|情况|事情|事)?[，,：: ]?"
    r"|(?:处理|解决|帮忙|看|管)(?:一下|一哈|哈)|(?:谢谢|感谢|多谢|辛苦)(?:了|你们|您|领导)?[！!。，,~～ ]*"
    r"|(?:什么|啥|啥子)时候(?:才?能|可以|才)?(?:来)?(?:修好|修|处理|解决)(?:一下|嘛|呢|啊|哦)?[？?。]?"
)
"""What people say to be polite and in a hurry; of what it is about it says nothing."""
_LEFT: Final = 3


def without_courtesy(text: str) -> str:
    """The words without greetings, thanks and `什么时候修`, unless hardly anything else is said."""
    bare = _COURTESY.sub("", text)
    return bare if len(re.sub(r"\W", "", bare)) >= _LEFT else text


def guess(text: str) -> tuple[str, float]:
    """The kind and how sure: complaint, help, question, suggestion or praise. The opening says most."""
    opening = text[:_OPENING]
    for kind, pattern in (("praise", _PRAISE), ("suggestion", _SUGGESTION), ("question", _QUESTION), ("help", _HELP)):
        if pattern.search(opening):
            return kind, 0.85
    asks = _SUGGESTION.search(text) or _QUESTION.search(text)
    return "complaint", 0.7 if asks else 0.9
