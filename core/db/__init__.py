"""The database: connections, named statements, migrations, the private cluster."""
