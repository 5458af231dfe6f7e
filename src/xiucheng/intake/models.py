"""How a report comes in (接入): drafts of the web form, imports of older systems."""

from django.db import models


class Draft(models.Model):
    """An order that a resident has begun (草稿); sealed, dropped after a day."""

    token = models.CharField(max_length=43, primary_key=True)
    sealed = models.BinaryField(null=True)
    pictures = models.JSONField(default=list)
    created_at = models.DateTimeField()
    report_token = models.CharField(max_length=24, blank=True, default="")


class Upload(models.Model):
    """A picture that is still arriving (上传中)."""

    token = models.CharField(max_length=43, primary_key=True)
    size = models.PositiveIntegerField()
    offset = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    picture = models.JSONField(null=True)


class Mapping(models.Model):
    """Which column of another system means what (字段对应)."""

    name = models.CharField("名称", max_length=60, unique=True)
    columns = models.JSONField("对应")
    zone = models.CharField("时区", max_length=40, default="Asia/Shanghai")

    class Meta:
        verbose_name = verbose_name_plural = "导入字段对应"


class ImportRun(models.Model):
    """One import of a file (导入批次), resumable by the file's hash."""

    digest = models.CharField(max_length=64)
    name = models.CharField("文件", max_length=200)
    mapping = models.CharField("对应", max_length=60)
    fingerprint = models.CharField("对应的内容", max_length=64, default="")
    at = models.DateTimeField("时间")
    read = models.IntegerField("读入", default=0)
    stored = models.IntegerField("存入", default=0)
    skipped = models.IntegerField("已有", default=0)
    faulty = models.IntegerField("有误", default=0)
    finished_at = models.DateTimeField("完成", null=True)
    faults = models.JSONField("问题", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        constraints = [models.UniqueConstraint(fields=["digest", "mapping"], name="import_once")]


class Sender(models.Model):
    """How many reports an address sent lately (限流), shared by all processes."""

    key = models.CharField(max_length=64, primary_key=True)
    window_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)


class Incoming(models.Model):
    """One message of a channel exactly as it came (来件), kept before the platform is answered; worked off by the worker.

    `key` is the platform's own, so that a message delivered four times is one row. What it became is `report`, a tracking code.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待处理"
        DONE = "done", "已处理"
        FAILED = "failed", "处理不了"

    channel = models.CharField("渠道", max_length=12)
    account = models.CharField("账号", max_length=64, blank=True, default="")
    key = models.CharField(max_length=160)
    sender_blind = models.BinaryField(null=True)
    raw_sealed = models.BinaryField("原文")
    received_at = models.DateTimeField("收到时间")
    state = models.CharField("状态", max_length=8, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    due_at = models.DateTimeField("处理时间")
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField("完成时间", null=True)
    report = models.CharField("查询码", max_length=24, blank=True, default="")
    error = models.CharField("问题", max_length=200, blank=True, default="")
    urgent = models.BooleanField("紧急", default=False, db_default=False)

    class Meta:
        verbose_name = verbose_name_plural = "来件"
        constraints = [models.UniqueConstraint(fields=["channel", "account", "key"], name="incoming_once")]
        indexes = [
            models.Index(fields=["-urgent", "due_at", "id"], name="incoming_due", condition=models.Q(state="waiting")),
            models.Index(
                fields=["channel", "account", "sender_blind"],
                name="incoming_at_work",
                condition=models.Q(state="waiting") & models.Q(leased_until__isnull=False),
            ),
            models.Index(fields=["sender_blind"], name="incoming_urgent", condition=models.Q(urgent=True)),
            models.Index(
                fields=["sender_blind", "-id"], name="incoming_order", condition=models.Q(channel="order12345")
            ),
            models.Index(fields=["channel", "-id"], name="incoming_newest"),
            models.Index(fields=["channel", "-id"], name="incoming_failed", condition=models.Q(state="failed")),
        ]


class Conversation(models.Model):
    """Where a talk with one person on one channel stands (对话); sealed, forgotten when it is over."""

    channel = models.CharField(max_length=12)
    account = models.CharField(max_length=64, blank=True, default="")
    person_blind = models.BinaryField()
    sealed = models.BinaryField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "对话"
        constraints = [
            models.UniqueConstraint(fields=["channel", "account", "person_blind"], name="conversation_once"),
        ]
        indexes = [models.Index(fields=["updated_at"], name="conversation_age")]


class ChannelState(models.Model):
    """What a channel remembers (渠道状态): where its reader stands, its tokens (sealed), what went wrong last."""

    channel = models.CharField("渠道", max_length=12, primary_key=True)
    cursor = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    error = models.CharField("问题", max_length=200, blank=True, default="")
    error_at = models.DateTimeField("出错时间", null=True)
    looked_at = models.DateTimeField("最近查看", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "渠道状态"
