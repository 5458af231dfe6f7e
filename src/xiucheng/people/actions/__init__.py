"""Writes of the people's room (人员操作)."""
