"""Making the sound of a take: work for worker processes, where the sound goes, its signature, what is owed for it."""
