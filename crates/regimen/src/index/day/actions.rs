//! Corporate actions: index, announced basket and memory are carried over to the new basis.

use super::{Day, last_price_in};
use crate::index::announcement::Announcement;
use crate::index::error::IndexError;

impl Day<'_, '_> {
    /// Carries the index over the corporate actions that come into force today.
    pub(in crate::index) fn carry_over_actions(&mut self) -> Result<(), IndexError> {
        let window = self.window;
        let price_of = last_price_in(&window);
        for action in window.corporate_actions() {
            self.index.apply(action, price_of).map_err(|source| self.without_level(source))?;
            for basket in self.state.announced.iter_mut().flat_map(Announcement::baskets_mut) {
                let applied = basket.pro_forma.apply(action, price_of);
                applied.map_err(|source| IndexError::Level { as_of: window.as_of(), source })?;
                basket.membership.iter_mut().for_each(|membership| membership.carry_over(action));
            }
            self.state.membership.carry_over(action);
            self.state.supply.carry_over(action);
        }
        Ok(())
    }
}
