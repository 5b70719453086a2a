from django.urls import path

from yilianti.registry.people.pages import keeping, showing

app_name = "people"
urlpatterns = [
    path("", showing.directory, name="directory"),
    path("new", keeping.register, name="register"),
    path("departments", keeping.departments, name="departments"),
    path("posts/<int:post>/end", keeping.end_post, name="end_post"),
    path("<str:number>/", showing.detail, name="detail"),
    path("<str:number>/amend", keeping.amend, name="amend"),
    path("<str:number>/give_post", keeping.give_post, name="give_post"),
    path("<str:number>/add_licence", keeping.add_licence, name="add_licence"),
]
