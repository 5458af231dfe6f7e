"""Reports, cases, their history, clocks and evidence (案件). Only `cases.actions` writes these tables.

Coordinates are WGS-84 degrees in `lng`, `lat`; `x`, `y` are Web Mercator metres for the index of near places.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xiucheng.city.models import Category, Standard, Unit


class Case(models.Model):
    """One problem in the city (案件) as its history leaves it."""

    number = models.CharField("案件编号", max_length=24, unique=True)
    state = models.CharField("状态", max_length=12)
    version = models.IntegerField(default=1)
    kind = models.CharField("诉求类型", max_length=12)
    source = models.CharField("来源", max_length=10)
    channel = models.CharField("渠道", max_length=12)
    category = models.ForeignKey(Category, models.PROTECT, null=True, verbose_name="类别", db_index=False)
    standard = models.ForeignKey(Standard, models.PROTECT, null=True, verbose_name="立案标准", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name="责任单位", db_index=False)
    helpers = models.JSONField("协办单位", default=list)
    handler_id = models.BigIntegerField("处置人员", null=True)
    team = models.CharField("处置班组", max_length=40, blank=True, default="")
    summary = models.CharField("摘要", max_length=300, blank=True, default="")
    place = models.CharField("地点", max_length=200, blank=True, default="")
    no_place = models.CharField("无地点原因", max_length=100, blank=True, default="")
    lng = models.FloatField("经度", null=True)
    lat = models.FloatField("纬度", null=True)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    street = models.CharField("镇街", max_length=12, blank=True, default="")
    community = models.CharField("社区", max_length=12, blank=True, default="")
    cell = models.CharField("网格", max_length=15, blank=True, default="")
    outside = models.BooleanField("在辖区外", default=False)
    component = models.CharField("部件编号", max_length=16, blank=True, default="")
    urgency = models.PositiveSmallIntegerField("紧急程度", default=0)
    flags = models.JSONField("标记", default=list)
    opened_at = models.DateTimeField("上报时间")
    filed_at = models.DateTimeField("立案时间", null=True)
    dispatched_at = models.DateTimeField("派遣时间", null=True)
    signed_at = models.DateTimeField("签收时间", null=True)
    fed_back_at = models.DateTimeField("反馈时间", null=True)
    closed_at = models.DateTimeField("结案时间", null=True)
    ended_at = models.DateTimeField("终结时间", null=True)
    due_at = models.DateTimeField("当前截止时间", null=True)
    deadline = models.DateTimeField("来文期限", null=True)
    overdue = models.BooleanField("超时", default=False)
    excused = models.BooleanField("超时已申诉通过", default=False)
    appealed = models.BooleanField("已申诉", default=False)
    returns = models.PositiveSmallIntegerField("退单次数", default=0)
    returned = models.BooleanField("已退单待派", default=False)
    reworks = models.PositiveSmallIntegerField("返工次数", default=0)
    extensions = models.PositiveSmallIntegerField("延期次数", default=0)
    suspensions = models.PositiveSmallIntegerField("挂账次数", default=0)
    suspended_until = models.DateTimeField("挂账至", null=True)
    prior_state = models.CharField("原状态", max_length=12, blank=True, default="")
    main_case = models.ForeignKey(
        "self", models.PROTECT, null=True, verbose_name="主案件", related_name="followers", db_index=False
    )
    ask = models.JSONField("待审批申请", null=True)
    level = models.PositiveSmallIntegerField("督办级别", default=0)
    satisfaction = models.PositiveSmallIntegerField("满意度", null=True)
    answer = models.TextField("答复", blank=True, default="")
    public = models.CharField("公开", max_length=8, default="hidden")
    by_system = models.BooleanField("智能派单", default=False)
    training = models.BooleanField("培训", default=False)
    imported = models.BooleanField("迁入", default=False)
    history_hash = models.BinaryField(default=b"")

    class Meta:
        verbose_name, verbose_name_plural = _("案件"), pgettext_lazy("several", "案件")

    def __str__(self) -> str:
        return self.number


class Report(models.Model):
    """One message from one person through one channel (上报), kept as it came and never edited."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="reports", verbose_name="案件")
    token = models.CharField("查询码", max_length=24, unique=True)
    channel = models.CharField("渠道", max_length=12)
    external_key = models.CharField("外部编号", max_length=80, null=True)
    kind = models.CharField("诉求类型", max_length=12)
    said_at = models.DateTimeField("反映时间")
    received_at = models.DateTimeField("收到时间")
    words_sealed = models.BinaryField("原话")
    contact_sealed = models.BinaryField("联系方式", null=True)
    phone_blind = models.BinaryField(null=True)
    door_blind = models.BinaryField(null=True)
    email_blind = models.BinaryField(null=True)
    raw_sealed = models.BinaryField("原始报文", null=True)
    place = models.CharField("地点原文", max_length=200, blank=True, default="")
    original_point = models.JSONField("原始坐标", null=True)
    taken_by = models.BigIntegerField("登记人", null=True)
    share_contact = models.BooleanField("允许告诉处置单位", default=False)
    reply_channel = models.CharField("答复渠道", max_length=12, blank=True, default="")
    reply_until = models.DateTimeField("答复期限", null=True)
    language = models.CharField(max_length=10, default="zh-hans")
    public_words = models.TextField("公开文字", blank=True, default="")
    public = models.CharField("公开", max_length=8, default="hidden")

    class Meta:
        verbose_name = verbose_name_plural = "上报"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_key"],
                condition=models.Q(external_key__isnull=False),
                name="report_external_once",
            )
        ]
        indexes = [
            models.Index(fields=["phone_blind"], name="report_phone", condition=models.Q(phone_blind__isnull=False)),
            models.Index(fields=["door_blind"], name="report_door", condition=models.Q(door_blind__isnull=False)),
            models.Index(fields=["email_blind"], name="report_email", condition=models.Q(email_blind__isnull=False)),
            models.Index(
                fields=["external_key"], name="report_foreign", condition=models.Q(external_key__isnull=False)
            ),
        ]


class Picture(models.Model):
    """A picture of a report or an act (照片): the file is found by its hash; public only after a look."""

    sha256 = models.CharField(max_length=64)
    original_sha256 = models.CharField(max_length=64)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="pictures")
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="pictures")
    stage = models.CharField("环节", max_length=12)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_at = models.DateTimeField("拍摄时间", null=True)
    lng = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    by = models.CharField("上传人", max_length=40)
    at = models.DateTimeField()
    public = models.CharField("公开", max_length=8, default="hidden")

    class Meta:
        verbose_name = verbose_name_plural = "照片"
        indexes = [models.Index(fields=["sha256"])]


class Clock(models.Model):
    """One running, paused or stopped time limit of a case (计时); seconds count on the clock named."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks")
    kind = models.CharField("环节", max_length=12)
    clock = models.CharField("计时方式", max_length=8)
    limit = models.IntegerField("时限（秒）")
    used = models.IntegerField("已用（秒）", default=0)
    unit_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "计时"


class History(models.Model):
    """One act on a case (办理记录); appended, hashed, partitioned by month, never edited."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    seq = models.IntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=12)
    step = models.CharField(max_length=8)
    actor_kind = models.CharField(max_length=10)
    actor_key = models.CharField(max_length=40)
    post = models.CharField(max_length=16)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    before = models.JSONField()
    after = models.JSONField()
    words = models.TextField()
    facts = models.JSONField()
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "case_history"
        verbose_name = verbose_name_plural = "办理记录"


class Task(models.Model):
    """Work for one person or pool at a case (任务): verify, check, call back, look at pictures."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    kind = models.CharField("类型", max_length=12)
    account_id = models.BigIntegerField("承办人", null=True)
    pool = models.CharField("任务池", max_length=40, blank=True, default="")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "任务"
        indexes = [models.Index(fields=["kind", "account_id"], name="task_open", condition=models.Q(done_at=None))]


class Errand(models.Model):
    """What the platform still has to do for a case (后台待办): a leased row like a notice."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="errand")
    kind = models.CharField(max_length=8)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    urgent = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = verbose_name_plural = "后台待办"
        indexes = [models.Index(fields=["kind", "-urgent", "due_at"], name="errand_due")]


class Search(models.Model):
    """The case's words as overlapping pairs of characters (检索); no engine's dictionary is needed."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    grams = models.TextField()

    class Meta:
        managed = False
        db_table = "case_search"


class Deed(models.Model):
    """A request that was carried out (幂等键): the same key gives the first answer again."""

    key = models.CharField(max_length=80, primary_key=True)
    digest = models.BinaryField()
    case_id = models.BigIntegerField(null=True)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "已办请求"
        indexes = [models.Index(fields=["at"])]


class Change(models.Model):
    """An act that live pages and daily figures have not heard of yet (变动)."""

    case_id = models.BigIntegerField()
    at = models.DateTimeField()
    facts = models.JSONField()


class DayFigure(models.Model):
    """How often something happened on a day (日统计), kept from the gateway's own events."""

    day = models.DateField()
    measure = models.CharField(max_length=20)
    street = models.CharField(max_length=12, default="")
    unit_id = models.BigIntegerField(default=0)
    category_id = models.CharField(max_length=5, default="")
    channel = models.CharField(max_length=12, default="")
    count = models.IntegerField(default=0)
    seconds = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "日统计"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "measure", "street", "unit_id", "category_id", "channel"], name="day_figure_once"
            )
        ]


class Upkeep(models.Model):
    """How far a job over all old rows has come (例行维护进度): row ids up to `upto` are done, `until` is the last."""

    name = models.CharField(max_length=20, primary_key=True)
    upto = models.BigIntegerField(default=0)
    until = models.BigIntegerField()
    changed = models.IntegerField(default=0)
    faulty = models.IntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "例行维护"
