"""What happens to calls (话务办理)."""
