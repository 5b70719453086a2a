from django.urls import path

from yilianti.handovers.pages import views

app_name = "handovers"
urlpatterns = [
    path("", views.operations, name="operations"),
    path("state", views.state, name="state"),
    path("verify", views.verify, name="verify"),
    path("waiting/<int:waiting>/", views.waiting, name="waiting"),
    path("waiting/<int:waiting>/retry", views.retry, name="retry"),
    path("waiting/<int:waiting>/dismiss", views.dismiss, name="dismiss"),
]
