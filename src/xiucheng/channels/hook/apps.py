"""Django's entry for the web hooks: they make their way in and their way out known to the ports."""

from django.apps import AppConfig


class HookConfig(AppConfig):
    name = "xiucheng.channels.hook"
    label = "channel_hook"
    verbose_name = "接口"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from xiucheng.channels.hook.channel import Hook
        from xiucheng.channels.hook.inbound import Events, look
        from xiucheng.intake import port as ways_in
        from xiucheng.intake.numbers import limits
        from xiucheng.notices import port

        port.register(Hook())
        ways_in.register(Events(), ways_in.Poller("hook", limits("hook")["look_seconds"], look))
