"""Everything that leaves the platform for another system: one outbox, one sender, one page of dead letters."""
