from django.urls import path

from yilianti.registry.consent.pages import views

app_name = "consent"
urlpatterns = [
    path("of/<str:number>/", views.of, name="of"),
    path("of/<str:number>/record", views.record, name="record"),
    path("of/<str:number>/withdraw", views.withdraw, name="withdraw"),
]
