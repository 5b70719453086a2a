from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "yilianti.registry.people"
    label = "people"
