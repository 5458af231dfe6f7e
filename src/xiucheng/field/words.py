"""The words on the chips (常用理由): one tap instead of typing with gloves on."""

from typing import Final

from django.utils.translation import gettext_noop

RETURN_REASONS: Final = (
    gettext_noop("不是本单位职责"),
    gettext_noop("不在本单位辖区"),
    gettext_noop("现场没有找到"),
    gettext_noop("已由其他单位处理"),
    gettext_noop("说得不清楚，无法处置"),
)
REWORK_REASONS: Final = (
    gettext_noop("还没有处理"),
    gettext_noop("只处理了一部分"),
    gettext_noop("处理后又出现"),
    gettext_noop("照片与现场不符"),
)
DONE_WORDS: Final = (
    gettext_noop("已清理干净"),
    gettext_noop("已修复"),
    gettext_noop("已更换"),
    gettext_noop("已劝离"),
    gettext_noop("已扶正加固"),
)
TASKS: Final = {"verify": gettext_noop("核实"), "check": gettext_noop("核查")}
