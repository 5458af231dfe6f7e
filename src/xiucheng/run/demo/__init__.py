"""A day in the demo district (演示): people write, units answer, officers check; all through the public interfaces."""
