"""Aggregates: the registered tables, their dimensions, and the cells and sums that follow from them."""
