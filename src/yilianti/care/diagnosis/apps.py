from django.apps import AppConfig


class DiagnosisConfig(AppConfig):
    name = "yilianti.care.diagnosis"
    label = "diagnosis"
