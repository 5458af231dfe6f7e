"""Proves that nothing is lost (不丢不重): many clients write while processes are killed, then every answer is looked up."""
