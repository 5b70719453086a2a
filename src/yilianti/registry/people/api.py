"""The door of people."""

from yilianti.registry.people.actions import add_licence, give_post, register
from yilianti.registry.people.coming_and_going import depart_due
from yilianti.registry.people.models import Person, Post
from yilianti.registry.people.queries import get, names, phones, post, posts_of, staff_numbers, staff_of
from yilianti.registry.people.tables import NUMBER, Posts, Staff
from yilianti.registry.people.terms import Title

__all__ = [
    "NUMBER", "Person", "Post", "Posts", "Staff", "Title",
    "add_licence", "depart_due", "get", "give_post", "names", "phones", "post", "posts_of", "register", "staff_numbers", "staff_of",
]  # fmt: skip
