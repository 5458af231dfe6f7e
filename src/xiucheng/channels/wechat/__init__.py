"""WeChat official account, both ways (微信公众号)."""
