"""The resident's pages (居民门户): no account, no script needed."""
