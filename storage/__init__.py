"""Everything that remembers: tables, transactions, the outbox, signals between processes, encryption."""
