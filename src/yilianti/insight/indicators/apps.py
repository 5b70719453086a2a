from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "yilianti.insight.indicators"
    label = "indicators"
