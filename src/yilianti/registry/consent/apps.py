from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "yilianti.registry.consent"
    label = "consent"
