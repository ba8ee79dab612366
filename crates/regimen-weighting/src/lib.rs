//! Screen, rank, select, weigh: a snapshot becomes weights that sum to exactly one.
