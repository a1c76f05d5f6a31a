"""Many tasks over many workers, on one box or a cluster: workers may end at any moment, and nothing is lost by it."""
