from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    name = "yilianti.settlement.claims"
    label = "claims"
    verbose_name = "费用"
