#!/bin/bash
# Gives the role that grants.sql has made its password. Sourced by the image of PostgreSQL when it makes
# the database; psql quotes the value.
psql --set=ON_ERROR_STOP=1 --username=postgres --dbname="$POSTGRES_DB" \
  --set=password="$(cat /run/secrets/herald-password)" \
  <<< "alter role herald password :'password';"
