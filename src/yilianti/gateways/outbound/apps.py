from django.apps import AppConfig


class OutboundConfig(AppConfig):
    name = "yilianti.gateways.outbound"
    label = "outbound"
    verbose_name = "外发消息"
