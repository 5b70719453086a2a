"""Every link and every fragment that a page offers leads somewhere, for everybody to whom it is offered."""

from __future__ import annotations

import re
from collections import Counter, deque
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest

from tests.stories.conftest import County
from tests.stories.visiting import visitor

pytestmark = pytest.mark.browser
ROLES = ("village", "township", "office", "department", "manager", "admin", "security", "auditor")
#: Two pages of a kind are enough: the third resident's page has the links of the first.
OF_A_KIND, AT_MOST = 2, 70
_LINK = re.compile(r'(?:href|hx-get)="(/[^"]*)"')
_NUMBER = re.compile(r"[A-Z]{2}\d{8}-\d+|\d+")


@pytest.mark.parametrize("role", ROLES)
def test_no_offered_link_is_dead(county_running: County, browser: Any, role: str) -> None:
    with visitor(browser, county_running.url, role) as person:
        dead, waiting, seen, kinds = [], deque([("/", "")]), {"/"}, Counter[str]()
        while waiting and sum(kinds.values()) < AT_MOST:
            path, offered_by = waiting.popleft()
            kind = _NUMBER.sub("#", path)
            if kinds[kind] >= OF_A_KIND:
                continue
            kinds[kind] += 1
            answer = person.page.request.get(f"{county_running.url}{path}")
            if answer.status >= 400:
                dead.append(f"{answer.status} {path} offered by {offered_by}")
            elif "text/html" in answer.headers.get("content-type", ""):
                for found in _links(answer.text(), path):
                    if found not in seen:
                        seen.add(found)
                        waiting.append((found, path))
        assert len(kinds) > 3
        assert not dead, "\n".join(dead)


def _links(html: str, base: str) -> list[str]:
    found = (urldefrag(urljoin(base, link.replace("&amp;", "&")))[0] for link in _LINK.findall(html))
    return [link for link in found if not link.startswith(("/static/", "/logout"))]
