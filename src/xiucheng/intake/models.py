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
