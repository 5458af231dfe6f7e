"""Short messages in and out over an HTTP gateway (短信)."""
