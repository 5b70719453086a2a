from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "yilianti.record.results"
    label = "results"
