from django.apps import AppConfig


class HandoversConfig(AppConfig):
    name = "yilianti.handovers"
    label = "handovers"
