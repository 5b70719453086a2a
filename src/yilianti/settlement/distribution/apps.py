from django.apps import AppConfig


class DistributionConfig(AppConfig):
    name = "yilianti.settlement.distribution"
    label = "distribution"
    verbose_name = "清算分配"
