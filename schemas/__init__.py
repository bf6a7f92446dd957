"""Contracts of the tables that pass between the rooms, and the words they use. Knows nobody."""
