from django.urls import path

from yilianti.desks.policies import views

app_name = "policies"
urlpatterns = [
    path("", views.in_force, name="in_force"),
    path("export.csv", views.export, name="export"),
    path("ref/", views.by_ref, name="by_ref"),
    path("<str:code>/", views.policy, name="policy"),
    path("<str:code>/table.csv", views.export_table, name="export_table"),
]
