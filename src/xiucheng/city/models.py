"""The city's registers (城市台账): areas, cells, units, duties, components, categories, standards, calendar, words.

Codes are text. Coordinates are WGS-84 degrees; polygons are GeoJSON geometries in WGS-84.
"""

from django.db import models


class Area(models.Model):
    """District, street, community or economic zone (区/镇街/社区/经济区)."""

    class Level(models.TextChoices):
        DISTRICT = "district", "区"
        STREET = "street", "镇街"
        COMMUNITY = "community", "社区"
        ZONE = "zone", "经济区"

    code = models.CharField("代码", max_length=12, primary_key=True)
    level = models.CharField("层级", max_length=12, choices=Level.choices)
    name = models.CharField("名称", max_length=60)
    pinyin = models.CharField("拼音", max_length=200, db_index=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    polygon = models.JSONField("范围", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "区域"
        ordering = ["pinyin"]

    def __str__(self) -> str:
        return self.name


class Cell(models.Model):
    """Grid cell (单元网格), 15-digit code: 6 district + 3 street + 3 community + 3 cell."""

    code = models.CharField("代码", max_length=15, primary_key=True)
    community = models.ForeignKey(Area, models.PROTECT, verbose_name="社区")
    polygon = models.JSONField("范围")

    class Meta:
        verbose_name = verbose_name_plural = "单元网格"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Unit(models.Model):
    """Who handles (责任单位)."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", "部门"
        STREET = "street", "镇街"
        ZONE = "zone", "经济区"
        BODY = "body", "区级其他单位"
        SOCIAL = "social", "社会单位"
        SQUAD = "squad", "志愿服务小队"

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=80)
    short = models.CharField("简称", max_length=20)
    pinyin = models.CharField("拼音", max_length=300, db_index=True)
    kind = models.CharField("类型", max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="上级单位")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="辖区")
    internal = models.BooleanField("在系统内有席位", default=True)
    phone = models.CharField("值班电话", max_length=40, blank=True)
    email = models.EmailField("邮箱", blank=True)
    ladder = models.JSONField("通知顺序", default=list, blank=True)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任单位"
        ordering = ["pinyin"]

    def __str__(self) -> str:
        return self.short or self.name


class Contact(models.Model):
    """A person or number of a unit (单位联系人)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="contacts", verbose_name="单位")
    name = models.CharField("姓名", max_length=40)
    role = models.CharField("职务", max_length=40, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    email = models.EmailField("邮箱", blank=True)
    duty_number = models.BooleanField("值班号码", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "单位联系人"

    def __str__(self) -> str:
        return f"{self.unit} {self.name}"


class Category(models.Model):
    """Category (类别) as a tree; code = C or E + 2 digits major + 2 digits minor (`C`, `C01`, `C0101`)."""

    class Kind(models.TextChoices):
        COMPONENT = "component", "部件"
        EVENT = "event", "事件"

    code = models.CharField("代码", max_length=5, primary_key=True)
    kind = models.CharField("部件/事件", max_length=10, choices=Kind.choices)
    level = models.PositiveSmallIntegerField("层级")
    name = models.CharField("名称", max_length=40)
    plain = models.CharField("居民说法", max_length=40, blank=True)
    pinyin = models.CharField("拼音", max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    keywords = models.JSONField("同义词", default=list, blank=True)
    icon = models.CharField("图标", max_length=40, blank=True)
    menu = models.PositiveSmallIntegerField("常见问题次序", null=True, blank=True)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "类别"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Standard(models.Model):
    """One filing condition of a minor category (立案标准) with its limit and closing condition."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="standards", verbose_name="小类")
    code = models.CharField("代码", max_length=8, unique=True)
    filing_condition = models.TextField("立案条件")
    limit_text = models.CharField("处置时限", max_length=40)
    clock = models.CharField("计时", max_length=8)
    limit_seconds = models.PositiveIntegerField("时限（秒）")
    season = models.BooleanField("种植季节", default=False)
    first_step = models.BooleanField("先行制止", default=False)
    closing_condition = models.TextField("结案条件")
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "立案标准"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.filing_condition}"


class Duty(models.Model):
    """Which unit handles which category where (权责): the most exact area and category wins, then the weight."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="duties", verbose_name="单位")
    category = models.ForeignKey(Category, models.CASCADE, verbose_name="类别")
    area = models.ForeignKey(Area, models.CASCADE, null=True, blank=True, verbose_name="区域")
    weight = models.PositiveSmallIntegerField("权重", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "权责"
        constraints = [
            models.UniqueConstraint(fields=["unit", "category", "area"], nulls_distinct=False, name="duty_once")
        ]


class Component(models.Model):
    """A physical thing with a code and an owner (部件): 6 district + 2 major + 2 minor + 6 serial digits."""

    code = models.CharField("代码", max_length=16, primary_key=True)
    category = models.ForeignKey(Category, models.PROTECT, verbose_name="小类")
    owner = models.ForeignKey(Unit, models.PROTECT, verbose_name="权属单位")
    place = models.CharField("位置", max_length=120)
    lng = models.FloatField("经度")
    lat = models.FloatField("纬度")
    cell = models.ForeignKey(Cell, models.PROTECT, null=True, blank=True, verbose_name="网格")
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "部件"
        indexes = [models.Index(fields=["lng", "lat"])]

    def __str__(self) -> str:
        return f"{self.code} {self.place}"


class Landmark(models.Model):
    """A name of a place that people use (地名): road, compound, market, park, school."""

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类型", max_length=12)
    aliases = models.JSONField("别名", default=list, blank=True)
    pinyin = models.CharField("拼音", max_length=200)
    lng = models.FloatField("经度")
    lat = models.FloatField("纬度")
    line = models.JSONField("线形", null=True, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="区域")
    house_from = models.PositiveIntegerField("起号", null=True, blank=True)
    house_to = models.PositiveIntegerField("止号", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "地名"
        constraints = [models.UniqueConstraint(fields=["name", "area"], nulls_distinct=False, name="landmark_once")]

    def __str__(self) -> str:
        return self.name


class CalendarYear(models.Model):
    """A year whose holidays are known (已录入年份)."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    source = models.CharField("来源", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "日历年份"


class CalendarDay(models.Model):
    """A day that differs from its weekday (节假日/调休上班)."""

    date = models.DateField("日期", primary_key=True)
    workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "节假日与调休"
        ordering = ["date"]


class Setting(models.Model):
    """A setting of this district (参数)."""

    key = models.CharField("名称", max_length=60, primary_key=True)
    value = models.JSONField("值")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参数"
        ordering = ["key"]


class Text(models.Model):
    """A text of this district (文字), for the portal, guides and notices."""

    key = models.CharField("名称", max_length=60)
    language = models.CharField("语言", max_length=10, default="zh-hans")
    body = models.TextField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "文字"
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="text_once")]


class ReplyTemplate(models.Model):
    """A ready answer (答复模板)."""

    code = models.CharField("代码", max_length=20, primary_key=True)
    purpose = models.CharField("用途", max_length=20)
    title = models.CharField("标题", max_length=60)
    body = models.TextField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "答复模板"
        ordering = ["purpose", "code"]


class Knowledge(models.Model):
    """A question that people ask and its answer (知识库)."""

    code = models.CharField("代码", max_length=20, primary_key=True)
    question = models.CharField("问题", max_length=120)
    answer = models.TextField("答案")
    keywords = models.JSONField("关键词", default=list, blank=True)
    public = models.BooleanField("公开", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "知识库"
        ordering = ["code"]


class Word(models.Model):
    """A word the platform watches for (词表): danger, sensitive matter, or somebody else's business."""

    purpose = models.CharField("用途", max_length=20)
    word = models.CharField("词", max_length=40)
    weight = models.FloatField("权重", default=1.0)
    whose = models.CharField("归谁管", max_length=80, blank=True)
    reach = models.CharField("怎么联系", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "词表"
        constraints = [models.UniqueConstraint(fields=["purpose", "word"], name="word_once")]


class Example(models.Model):
    """A sentence as a resident would write it, with its category (例句); triage starts from these."""

    category = models.ForeignKey(Category, models.CASCADE, verbose_name="小类")
    words = models.TextField("例句")

    class Meta:
        verbose_name = verbose_name_plural = "例句"


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


class DemoClock(models.Model):
    """The demo's clock (演示时钟): shown time = shown_at + (real time - real_at) x rate. No row: real time."""

    real_at = models.DateTimeField()
    shown_at = models.DateTimeField()
    rate = models.FloatField(default=1.0)
