from django.apps import AppConfig


class EncountersConfig(AppConfig):
    name = "yilianti.record.encounters"
    label = "encounters"
