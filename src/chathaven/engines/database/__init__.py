"""PostgreSQL: embedded or given, transactions, tenancy, the data map."""
