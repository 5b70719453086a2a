"""The three roles of an embedded cluster: superuser (supervisor), owner (migrates), application (serves)."""

from __future__ import annotations

import psycopg
from psycopg import sql

OWNER, APPLICATION, DATABASE = "yilianti_owner", "yilianti", "yilianti"


def ensure(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Create what is missing; done before or half-done, the result is the same."""
    present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role in (OWNER, APPLICATION):
        if role not in present:
            attributes = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
            connection.execute(attributes.format(sql.Identifier(role), sql.Literal(passwords[role])))
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
        create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
        connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
    shut = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE))
    connection.execute(shut)
    let = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
        sql.Identifier(DATABASE), sql.Identifier(APPLICATION)
    )
    connection.execute(let)
