//! A seeded synthetic crypto market.
