//! Snapshot CSVs in, logs out.
