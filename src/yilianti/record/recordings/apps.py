from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "yilianti.record.recordings"
    label = "recordings"
