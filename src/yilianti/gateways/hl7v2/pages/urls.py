from django.urls import URLPattern

app_name = "hl7v2"
urlpatterns: list[URLPattern] = []
