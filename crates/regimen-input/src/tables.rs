//! The small tables beside snapshots.

mod asset_list;
mod events;
mod gas;
mod rates;
mod series;
mod table;
mod weights;

pub use asset_list::read_asset_list;
pub use events::{read_cash_flows, read_corporate_actions};
pub use gas::read_gas;
pub use rates::read_rates;
pub use series::read_series;
pub use weights::read_weights;
