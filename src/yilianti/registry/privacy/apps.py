from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "yilianti.registry.privacy"
    label = "privacy"
