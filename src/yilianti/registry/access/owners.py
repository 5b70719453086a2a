"""The words that stand for the owner of a password: what a stranger would try first."""

from __future__ import annotations

from yilianti.registry.access.models import Account
from yilianti.registry.access.rules import Owner
from yilianti.registry.people import api as people


def of(account: Account) -> Owner:
    """Login name, name in pinyin, telephone, and the names and codes of the institutions of their posts; in small letters."""
    # Imported here: the dictionary is large, and only who changes a password needs it.
    from pypinyin import lazy_pinyin

    person = account.person
    posts = people.Post.objects.filter(person=person).select_related("institution")
    places = {word for post in posts for word in (post.institution.code, post.institution.short_name, post.institution.name)}
    written = {account.username, person.name, person.number, person.phone, *places}
    spoken = {"".join(lazy_pinyin(word)) for word in written}
    return Owner(tuple(sorted(word.lower() for word in written | spoken if word)))
