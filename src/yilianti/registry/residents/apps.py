from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "yilianti.registry.residents"
    label = "residents"
