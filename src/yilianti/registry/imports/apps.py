from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "yilianti.registry.imports"
    label = "imports"
    verbose_name = "导入"
