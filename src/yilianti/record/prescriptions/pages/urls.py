"""Addresses of medicines and allergies; all but the acts are fragments of other rooms' pages."""

from django.urls import path

from yilianti.record.prescriptions.pages import views

app_name = "prescriptions"
urlpatterns = [
    path("of/<str:number>/", views.medicines, name="medicines"),
    path("allergies/of/<str:number>/", views.allergies, name="allergies"),
    path("allergies/of/<str:number>/banner", views.banner, name="banner"),
    path("allergies/of/<str:number>/record", views.record, name="record"),
    path("allergies/<str:allergy>/refute", views.refute, name="refute"),
    path("allergies/<str:allergy>/withdraw", views.withdraw, name="withdraw"),
]
