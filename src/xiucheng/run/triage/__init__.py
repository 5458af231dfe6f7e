"""What `xiucheng triage` can do: one module each."""
