"""How fast the service is on this machine (性能测试): measured from outside, against the whole service with a real database."""
