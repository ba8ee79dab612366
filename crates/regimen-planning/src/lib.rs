//! Sizing, orders, costs and fills: a target becomes a rebalance plan that always fits.
