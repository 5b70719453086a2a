from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "yilianti.gateways.messaging"
    label = "messaging"
