from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "yilianti.capacity.services"
    label = "services"
    verbose_name = "服务目录"
