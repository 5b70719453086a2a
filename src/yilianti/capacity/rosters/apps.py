from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "yilianti.capacity.rosters"
    label = "rosters"
    verbose_name = "值班"
