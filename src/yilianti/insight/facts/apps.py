from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "yilianti.insight.facts"
    label = "facts"
