"""When: one sensor per asset, one for partitions, one reconciler. None claims or changes a row."""
