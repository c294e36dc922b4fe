"""Where records wait: database, migrations, outbox, journal. The only user of sqlite-utils."""
