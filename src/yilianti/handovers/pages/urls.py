from django.urls import path

from yilianti.handovers.pages import keeping, views

app_name = "handovers"
urlpatterns = [
    path("", views.operations, name="operations"),
    path("state", views.state, name="state"),
    path("backups/", keeping.backups, name="backups"),
    path("backups/state", keeping.backups_state, name="backups_state"),
    path("backups/make", keeping.back_up, name="back_up"),
    path("backups/drill", keeping.drill, name="drill"),
    path("sources/", keeping.sources, name="sources"),
    path("load/", keeping.load, name="load"),
    path("load/jobs/<int:job>/retry", keeping.retry_job, name="retry_job"),
    path("verify", views.verify, name="verify"),
    path("waiting/<int:waiting>/", views.waiting, name="waiting"),
    path("waiting/<int:waiting>/retry", views.retry, name="retry"),
    path("waiting/<int:waiting>/dismiss", views.dismiss, name="dismiss"),
]
