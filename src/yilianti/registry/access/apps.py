from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yilianti.registry.access"
    label = "access"
