from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "yilianti.settlement.supervision"
    label = "supervision"
    verbose_name = "基金监管"
