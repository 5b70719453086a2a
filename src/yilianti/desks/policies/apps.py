from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "yilianti.desks.policies"
    label = "policies"
