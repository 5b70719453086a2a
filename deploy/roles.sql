-- The database and the two roles of Yilianti on a PostgreSQL (15 or newer) of your own; run by its superuser, again whenever you like:
--   psql -v owner_password="'…'" -v application_password="'…'" -f deploy/roles.sql postgres
-- The owner migrates and owns every table; the application only uses them, and may not change what is only ever added to
-- (./yilianti migrate sets those rights table by table). Neither is a superuser, neither may make roles or databases.
\set ON_ERROR_STOP on

SELECT 'CREATE ROLE yilianti_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yilianti_owner') \gexec
SELECT 'CREATE ROLE yilianti' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yilianti') \gexec
ALTER ROLE yilianti_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :owner_password;
ALTER ROLE yilianti LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :application_password;

SELECT 'CREATE DATABASE yilianti OWNER yilianti_owner TEMPLATE template0 ENCODING ''UTF8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'yilianti') \gexec
REVOKE ALL ON DATABASE yilianti FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE yilianti TO yilianti;

\connect yilianti
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO yilianti_owner;
GRANT USAGE ON SCHEMA public TO yilianti;
