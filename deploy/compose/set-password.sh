#!/bin/bash
# Sets the password of the role that grants.sql creates. The PostgreSQL image sources this script when it
# creates the database; psql quotes the value.
psql --set=ON_ERROR_STOP=1 --username=postgres --dbname="$POSTGRES_DB" \
  --set=password="$(cat /run/secrets/herald-password)" \
  <<< "alter role herald password :'password';"
