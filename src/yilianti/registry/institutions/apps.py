from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "yilianti.registry.institutions"
    label = "institutions"
