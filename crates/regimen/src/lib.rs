//! Rules-based index rebalancing: a definition becomes a methodology, and one pure function decides.
