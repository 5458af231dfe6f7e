"""Import of an older system's export (迁入旧系统案件): read a file, understand its columns, bring its cases in."""

from xiucheng.intake.importing.mapping import BUILT_IN, Mapping, choose
from xiucheng.intake.importing.run import Report, import_file

__all__ = ["BUILT_IN", "Mapping", "Report", "choose", "import_file"]
