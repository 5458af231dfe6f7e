"""Signing in and one's own account (登录、我的账号), shared by all faces."""
