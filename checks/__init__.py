"""Everything that must hold before a change is shared, in one command: python -m checks."""
