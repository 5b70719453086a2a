from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "yilianti.registry.governance"
    label = "governance"
