from django.apps import AppConfig


class SchedulesConfig(AppConfig):
    name = "yilianti.capacity.schedules"
    label = "schedules"
    verbose_name = "预约"
