"""Signed JSON from and to other systems (接口): events in, each stage back, counted every day."""
