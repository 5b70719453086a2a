from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yilianti.kernel"
    label = "kernel"
