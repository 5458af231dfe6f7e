"""The city's registers (城市台账): areas, cells, units, duties, components, categories, standards, calendar, words.

Codes are text. Coordinates are WGS-84 degrees; polygons are GeoJSON geometries in WGS-84.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Area(models.Model):
    """District, street, community or economic zone (区/镇街/社区/经济区)."""

    class Level(models.TextChoices):
        DISTRICT = "district", _("区")
        STREET = "street", pgettext_lazy("register", "镇街")
        COMMUNITY = "community", _("社区")
        ZONE = "zone", _("经济区")

    code = models.CharField(_("代码"), max_length=12, primary_key=True)
    level = models.CharField(_("层级"), max_length=12, choices=Level.choices)
    name = models.CharField(_("名称"), max_length=60)
    pinyin = models.CharField(_("拼音"), max_length=200, db_index=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    polygon = models.JSONField(_("范围"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("区域"), pgettext_lazy("several", "区域")
        ordering = ["pinyin"]

    def __str__(self) -> str:
        return self.name


class Cell(models.Model):
    """Grid cell (单元网格), 15-digit code: 6 district + 3 street + 3 community + 3 cell."""

    code = models.CharField(_("代码"), max_length=15, primary_key=True)
    community = models.ForeignKey(Area, models.PROTECT, verbose_name=_("社区"))
    polygon = models.JSONField(_("范围"))

    class Meta:
        verbose_name, verbose_name_plural = _("单元网格"), pgettext_lazy("several", "单元网格")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Unit(models.Model):
    """Who handles (责任单位)."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("部门")
        STREET = "street", pgettext_lazy("register", "镇街")
        ZONE = "zone", _("经济区")
        BODY = "body", _("区级其他单位")
        SOCIAL = "social", _("社会单位")
        SQUAD = "squad", _("志愿服务小队")

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    short = models.CharField(_("简称"), max_length=20)
    pinyin = models.CharField(_("拼音"), max_length=300, db_index=True)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("上级单位"))
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("辖区"))
    internal = models.BooleanField(_("在系统内有席位"), default=True)
    phone = models.CharField(_("值班电话"), max_length=40, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    ladder = models.JSONField(_("通知顺序"), default=list, blank=True)
    active = models.BooleanField(pgettext_lazy("register", "启用"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "责任单位"), pgettext_lazy("several", "责任单位")
        ordering = ["pinyin"]

    def __str__(self) -> str:
        return self.short or self.name


class Contact(models.Model):
    """A person or number of a unit (单位联系人)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="contacts", verbose_name=_("单位"))
    name = models.CharField(_("姓名"), max_length=40)
    role = models.CharField(_("职务"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    duty_number = models.BooleanField(_("值班号码"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = (
            pgettext_lazy("register", "单位联系人"),
            pgettext_lazy("several", "单位联系人"),
        )

    def __str__(self) -> str:
        return f"{self.unit} {self.name}"


class Category(models.Model):
    """Category (类别) as a tree; code = C or E + 2 digits major + 2 digits minor (`C`, `C01`, `C0101`)."""

    class Kind(models.TextChoices):
        COMPONENT = "component", _("部件")
        EVENT = "event", _("事件")

    code = models.CharField(_("代码"), max_length=5, primary_key=True)
    kind = models.CharField(_("部件/事件"), max_length=10, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(_("层级"))
    name = models.CharField(_("名称"), max_length=40)
    plain = models.CharField(_("居民说法"), max_length=40, blank=True)
    pinyin = models.CharField(_("拼音"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    keywords = models.JSONField(_("同义词"), default=list, blank=True)
    icon = models.CharField(_("图标"), max_length=40, blank=True)
    menu = models.PositiveSmallIntegerField(_("常见问题次序"), null=True, blank=True)
    active = models.BooleanField(pgettext_lazy("register", "启用"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "类别"), pgettext_lazy("several", "类别")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Standard(models.Model):
    """One filing condition of a minor category (立案标准) with its limit and closing condition."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="standards", verbose_name=_("小类"))
    code = models.CharField(_("代码"), max_length=8, unique=True)
    filing_condition = models.TextField(_("立案条件"))
    limit_text = models.CharField(_("处置时限"), max_length=40)
    clock = models.CharField(pgettext_lazy("register", "计时"), max_length=8)
    limit_seconds = models.PositiveIntegerField(_("时限（秒）"))
    season = models.BooleanField(pgettext_lazy("register", "种植季节"), default=False)
    first_step = models.BooleanField(_("先行制止"), default=False)
    closing_condition = models.TextField(_("结案条件"))
    active = models.BooleanField(pgettext_lazy("register", "启用"), default=True)

    class Meta:
        verbose_name = pgettext_lazy("one", "立案标准")
        verbose_name_plural = pgettext_lazy("several", "立案标准")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.filing_condition}"


class Duty(models.Model):
    """Which unit handles which category where (权责): the most exact area and category wins, then the weight."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="duties", verbose_name=_("单位"))
    category = models.ForeignKey(Category, models.CASCADE, verbose_name=pgettext_lazy("register", "类别"))
    area = models.ForeignKey(Area, models.CASCADE, null=True, blank=True, verbose_name=_("区域"))
    weight = models.PositiveSmallIntegerField(_("权重"), default=100)

    class Meta:
        verbose_name, verbose_name_plural = _("权责"), pgettext_lazy("several", "权责")
        constraints = [
            models.UniqueConstraint(fields=["unit", "category", "area"], nulls_distinct=False, name="duty_once")
        ]


class Component(models.Model):
    """A physical thing with a code and an owner (部件): 6 district + 2 major + 2 minor + 6 serial digits."""

    code = models.CharField(_("代码"), max_length=16, primary_key=True)
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("小类"))
    owner = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("权属单位"))
    place = models.CharField(_("位置"), max_length=120)
    lng = models.FloatField(_("经度"))
    lat = models.FloatField(_("纬度"))
    cell = models.ForeignKey(Cell, models.PROTECT, null=True, blank=True, verbose_name=_("网格"))
    active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("部件"), pgettext_lazy("several", "部件")
        indexes = [models.Index(fields=["lng", "lat"])]

    def __str__(self) -> str:
        return f"{self.code} {self.place}"


class Landmark(models.Model):
    """A name of a place that people use (地名): road, compound, market, park, school."""

    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类型"), max_length=12)
    aliases = models.JSONField(_("别名"), default=list, blank=True)
    pinyin = models.CharField(_("拼音"), max_length=200)
    lng = models.FloatField(_("经度"))
    lat = models.FloatField(_("纬度"))
    line = models.JSONField(_("线形"), null=True, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("区域"))
    house_from = models.PositiveIntegerField(_("起号"), null=True, blank=True)
    house_to = models.PositiveIntegerField(_("止号"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("地名"), pgettext_lazy("several", "地名")
        constraints = [models.UniqueConstraint(fields=["name", "area"], nulls_distinct=False, name="landmark_once")]

    def __str__(self) -> str:
        return self.name


class CalendarYear(models.Model):
    """A year whose holidays are known (已录入年份)."""

    year = models.PositiveSmallIntegerField(_("年份"), primary_key=True)
    source = models.CharField(_("来源"), max_length=80)

    class Meta:
        verbose_name, verbose_name_plural = _("日历年份"), pgettext_lazy("several", "日历年份")


class CalendarDay(models.Model):
    """A day that differs from its weekday (节假日/调休上班)."""

    date = models.DateField(_("日期"), primary_key=True)
    workday = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=40)

    class Meta:
        verbose_name, verbose_name_plural = (
            pgettext_lazy("register", "节假日与调休"),
            pgettext_lazy("several", "节假日与调休"),
        )
        ordering = ["date"]


class Setting(models.Model):
    """A setting of this district (参数)."""

    key = models.CharField(_("名称"), max_length=60, primary_key=True)
    value = models.JSONField(_("值"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("参数"), pgettext_lazy("several", "参数")
        ordering = ["key"]


class Text(models.Model):
    """A text of this district (文字), for the portal, guides and notices."""

    key = models.CharField(_("名称"), max_length=60)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    body = models.TextField(pgettext_lazy("register", "内容"))

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "文字"), pgettext_lazy("several", "文字")
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="text_once")]


class ReplyTemplate(models.Model):
    """A ready answer (答复模板)."""

    code = models.CharField(_("代码"), max_length=20, primary_key=True)
    purpose = models.CharField(_("用途"), max_length=20)
    title = models.CharField(_("标题"), max_length=60)
    body = models.TextField(pgettext_lazy("register", "内容"))

    class Meta:
        verbose_name, verbose_name_plural = _("答复模板"), pgettext_lazy("several", "答复模板")
        ordering = ["purpose", "code"]


class Knowledge(models.Model):
    """A question that people ask and its answer (知识库)."""

    code = models.CharField(_("代码"), max_length=20, primary_key=True)
    question = models.CharField(pgettext_lazy("register", "问题"), max_length=120)
    answer = models.TextField(_("答案"))
    keywords = models.JSONField(_("关键词"), default=list, blank=True)
    public = models.BooleanField(pgettext_lazy("register", "公开"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "知识库"), pgettext_lazy("several", "知识库")
        ordering = ["code"]


class Word(models.Model):
    """A word the platform watches for (词表): danger, sensitive matter, or somebody else's business."""

    purpose = models.CharField(_("用途"), max_length=20)
    word = models.CharField(_("词"), max_length=40)
    weight = models.FloatField(_("权重"), default=1.0)
    whose = models.CharField(_("归谁管"), max_length=80, blank=True)
    reach = models.CharField(_("怎么联系"), max_length=120, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("词表"), pgettext_lazy("several", "词表")
        constraints = [models.UniqueConstraint(fields=["purpose", "word"], name="word_once")]


class Example(models.Model):
    """A sentence as a resident would write it, with its category (例句); triage starts from these."""

    category = models.ForeignKey(Category, models.CASCADE, verbose_name=_("小类"))
    words = models.TextField(_("例句"))

    class Meta:
        verbose_name, verbose_name_plural = _("例句"), pgettext_lazy("several", "例句")


class Generation(models.Model):
    """Counts up when a register changes, so that every process drops what it remembers (版本号)."""

    name = models.CharField("名称", max_length=20, primary_key=True)
    number = models.BigIntegerField("版本", default=1)


class Pack(models.Model):
    """The district pack that this installation runs (城区配置包)."""

    name = models.CharField("名称", max_length=40, primary_key=True)
    version = models.CharField("版本", max_length=20)
    folder = models.CharField("文件夹", max_length=300)
    loaded_at = models.DateTimeField("载入时间")
    counts = models.JSONField("条数", default=dict)


class Given(models.Model):
    """What the pack gave last (配置包给过的): a line's key and its columns as hashes, to know what people changed since."""

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=32)
    contents = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="given_once")]


class DemoClock(models.Model):
    """The demo's clock (演示时钟): shown time = shown_at + (real time - real_at) x rate. No row: real time."""

    real_at = models.DateTimeField()
    shown_at = models.DateTimeField()
    rate = models.FloatField(default=1.0)
