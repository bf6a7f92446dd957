"""Where the core meets the adapters: a month from its sources to the database, and nothing else."""
