from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    name = "yilianti.record.prescriptions"
    label = "prescriptions"
    verbose_name = "用药与过敏"
