from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "yilianti.desks"
    label = "desks"
