"""Measurements that reproduce every figure of the README; they may import everything, nothing imports them."""
