from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "yilianti.registry.inbox"
    label = "inbox"
