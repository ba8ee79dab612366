//! Snapshots as Parquet.
