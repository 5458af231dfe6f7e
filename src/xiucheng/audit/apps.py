"""Django's entry for the room `audit`."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "xiucheng.audit"
    label = "audit"
    verbose_name = "审计记录"
