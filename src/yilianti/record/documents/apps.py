from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "yilianti.record.documents"
    label = "documents"
