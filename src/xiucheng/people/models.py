"""People (人员): accounts, posts, duty grids, rosters, handovers, the notice board."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xiucheng.city.models import Area, Cell, Unit

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


class Account(AbstractUser):
    """A person with a sign-in (账号)."""

    first_name = None  # type: ignore[assignment]  # Chinese names are one word
    last_name = None  # type: ignore[assignment]  # Chinese names are one word
    name = models.CharField(_("姓名"), max_length=40)
    pinyin = models.CharField(_("拼音"), max_length=120, blank=True, db_index=True)
    phone_sealed = models.BinaryField(_("电话"), null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("单位"))
    training = models.BooleanField(_("培训模式"), default=False)
    demo = models.BooleanField(_("演示账号"), default=False)
    left_at = models.DateTimeField(_("离岗时间"), null=True, blank=True)
    must_change = models.BooleanField(_("下次登录须改密码"), default=False, db_default=False)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "账号"), pgettext_lazy("several", "账号")
        ordering = ["pinyin"]

    def __str__(self) -> str:
        return self.name or self.username


class Posting(models.Model):
    """A post that an account holds (岗位), in an area or unit where that matters."""

    class Post(models.TextChoices):
        OPERATOR = "operator", _("受理员")
        SHIFT_LEADER = "shift_leader", pgettext_lazy("register", "值班长")
        DISPATCHER = "dispatcher", _("派遣员")
        OFFICER = "officer", _("巡查员")
        UNIT = "unit", _("单位经办人")
        HANDLER = "handler", _("处置人员")
        CHIEF = "chief", _("五长")
        LEADER = "leader", _("领导")
        ASSESSOR = "assessor", _("考核员")
        SYSTEM_ADMIN = "system_admin", _("系统管理员")
        SECURITY_ADMIN = "security_admin", _("安全管理员")
        AUDIT_ADMIN = "audit_admin", _("审计管理员")

    account = models.ForeignKey(Account, models.CASCADE, related_name="postings", verbose_name=_("账号"))
    post = models.CharField(pgettext_lazy("register", "岗位"), max_length=16, choices=Post.choices)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("区域"))

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "岗位"), pgettext_lazy("several", "岗位")
        constraints = [
            models.UniqueConstraint(fields=["account", "post", "area"], nulls_distinct=False, name="posting_once"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(post__in=ADMINISTRATORS), name="administrators_apart"
            ),
        ]


class DutyGrid(models.Model):
    """Cells given to patrol officers (责任网格)."""

    code = models.CharField(_("代码"), max_length=20, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    street = models.ForeignKey(Area, models.PROTECT, verbose_name=pgettext_lazy("register", "镇街"))
    cells = models.ManyToManyField(Cell, verbose_name=_("单元网格"))
    officers = models.ManyToManyField(Account, blank=True, related_name="duty_grids", verbose_name=_("巡查员"))

    class Meta:
        verbose_name, verbose_name_plural = _("责任网格"), pgettext_lazy("several", "责任网格")

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """Who is on duty at a post for a span (值班表), with the deputy who steps in (AB角)."""

    post = models.CharField("岗位", max_length=16, choices=Posting.Post.choices)
    begins = models.DateTimeField("开始")
    ends = models.DateTimeField("结束")
    account = models.ForeignKey(Account, models.PROTECT, related_name="turns", verbose_name="A角")
    deputy = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="stands", verbose_name="B角"
    )
    absent = models.BooleanField("A角请假", default=False)
    note = models.CharField("备注", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "值班"
        indexes = [models.Index(fields=["begins", "ends"])]
        constraints = [models.CheckConstraint(condition=models.Q(ends__gt=models.F("begins")), name="turn_ends_later")]


class Handover(models.Model):
    """One shift hands over to the next (交接班); both sign."""

    at = models.DateTimeField("时间")
    giver = models.ForeignKey(Account, models.PROTECT, related_name="given", verbose_name="交班人")
    taker = models.ForeignKey(Account, models.PROTECT, related_name="taken", verbose_name="接班人")
    items = models.JSONField("未结事项", default=list)
    note = models.TextField("说明", blank=True)
    giver_signed_at = models.DateTimeField("交班签字", null=True, blank=True)
    taker_signed_at = models.DateTimeField("接班签字", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "交接班"


class Bulletin(models.Model):
    """A sheet on the notice board (公告)."""

    title = models.CharField("标题", max_length=100)
    body = models.TextField("内容")
    author = models.ForeignKey(Account, models.PROTECT, verbose_name="发布人")
    at = models.DateTimeField("发布时间")
    until = models.DateTimeField("有效至", null=True, blank=True)
    posts = models.JSONField("发给岗位", default=list, blank=True)
    must_read = models.BooleanField("必须阅读", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "公告"
        ordering = ["-at"]


class BulletinRead(models.Model):
    """A read receipt (阅读回执)."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="reads")
    account = models.ForeignKey(Account, models.CASCADE)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "account"], name="read_once")]


class Lockout(models.Model):
    """Failed sign-ins by name or address (登录锁定), shared by all processes; keys are keyed hashes."""

    key = models.CharField(_("对象"), max_length=80, primary_key=True)
    failures = models.PositiveSmallIntegerField(_("失败次数"), default=0)
    last_at = models.DateTimeField(_("最近一次"))
    until = models.DateTimeField(_("锁到"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("登录锁定"), pgettext_lazy("several", "登录锁定")
