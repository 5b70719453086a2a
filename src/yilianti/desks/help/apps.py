from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "yilianti.desks.help"
    label = "help"
