//! Transactions, holdings, NAV, the hash chain and the index level with its divisor.
