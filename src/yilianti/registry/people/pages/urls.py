from django.urls import path

from yilianti.registry.people.pages import coming, keeping, showing

app_name = "people"
urlpatterns = [
    path("", showing.directory, name="directory"),
    path("export", showing.export, name="export"),
    path("new", keeping.register, name="register"),
    path("join", coming.join, name="join"),
    path("departments", keeping.departments, name="departments"),
    path("posts/<int:post>/move", coming.move, name="move"),
    path("posts/<int:post>/end", keeping.end_post, name="end_post"),
    path("<str:number>/", showing.detail, name="detail"),
    path("<str:number>/amend", keeping.amend, name="amend"),
    path("<str:number>/leave", coming.leave, name="leave"),
    path("<str:number>/stay", coming.stay, name="stay"),
    path("<str:number>/come_back", coming.come_back, name="come_back"),
    path("<str:number>/life", coming.life, name="life"),
    path("<str:number>/give_post", keeping.give_post, name="give_post"),
    path("<str:number>/add_licence", keeping.add_licence, name="add_licence"),
]
