from django.urls import path

from yilianti.registry.institutions.pages import consortia, keeping, recognising, showing

app_name = "institutions"
urlpatterns = [
    path("", showing.directory, name="directory"),
    path("export", showing.export, name="export"),
    path("new", keeping.register, name="register"),
    path("provisional/", recognising.provisional, name="provisional"),
    path("consortia/", consortia.overview, name="consortia"),
    path("consortia/new", consortia.found_consortium, name="found_consortium"),
    path("consortia/<str:code>/", consortia.detail, name="consortium"),
    path("consortia/<str:code>/bind", consortia.bind, name="bind"),
    path("consortia/<str:code>/open_centre", consortia.open_centre, name="open_centre"),
    path("centres/<int:centre>/close", consortia.close_centre, name="close_centre"),
    path("departments/<int:department>/close", keeping.close_department, name="close_department"),
    path("memberships/<int:membership>/end", keeping.end_membership, name="end_membership"),
    path("<int:institution>/", showing.detail, name="detail"),
    path("<int:institution>/amend", keeping.amend, name="amend"),
    path("<int:institution>/close", keeping.close, name="close"),
    path("<int:institution>/add_department", keeping.add_department, name="add_department"),
    path("<int:institution>/open_membership", keeping.open_membership, name="open_membership"),
    path("<int:institution>/name_facility", recognising.name_facility, name="name_facility"),
    path("<int:institution>/confirm", recognising.confirm, name="confirm"),
    path("<int:institution>/merge_into", recognising.merge_into, name="merge_into"),
]
