//! The rules of the portfolio that follows an index.

use regimen_definition::{CashFlow, Costs, Execution, IndexDefinition, Portfolio, Vanished};
use regimen_ledger::ManagementFee;
use regimen_planning::{RebalanceTrigger, TradingTerms, UnknownGas};
use regimen_types::{AsOf, AssetId, HistoryWindow};

use super::rules::{LiquiditySource, TradingModel};

/// The tables of a definition that are about the portfolio which follows the index.
#[derive(Clone, Copy, Debug)]
pub struct PortfolioRules<'a> {
    /// The money and its scales.
    pub portfolio: &'a Portfolio,
    /// What a trade costs.
    pub costs: &'a Costs,
    /// What becomes of a held asset without a price.
    pub vanished: &'a Vanished,
    /// How orders are executed beyond the lag.
    pub execution: Execution,
    /// Built from costs and trading rules.
    model: &'a TradingModel,
    /// The cash flows, in the order of time.
    cash_flows: &'a [CashFlow],
}

impl<'a> PortfolioRules<'a> {
    /// Collects the rules; `None` if the definition is of an index alone.
    pub(super) fn of(
        definition: &'a IndexDefinition,
        model: Option<&'a TradingModel>,
        cash_flows: &'a [CashFlow],
    ) -> Option<Self> {
        Some(Self {
            portfolio: definition.portfolio.as_ref()?,
            costs: definition.costs.as_ref()?,
            vanished: definition.vanished.as_ref()?,
            execution: definition.execution.unwrap_or(Execution::AT_ONCE),
            model: model?,
            cash_flows,
        })
    }

    /// Returns where the liquidity of an asset is read from.
    pub(crate) fn liquidity(&self) -> &'a LiquiditySource {
        &self.model.liquidity
    }

    /// Returns true if the portfolio follows each rebalance of the index.
    pub(crate) fn follows_calendar(&self) -> bool {
        self.model.follows_calendar
    }

    /// Returns true if a cash flow at the window's newest snapshot makes the portfolio trade.
    pub(crate) fn follows_cash_flow(&self, window: &HistoryWindow<'_>) -> bool {
        let previous = window.previous().map(|earlier| earlier.as_of());
        let is_due =
            |as_of: AsOf| as_of <= window.as_of() && previous.is_none_or(|previous| as_of > previous);
        self.model.follows_cash_flows && self.cash_flows.iter().any(|flow| is_due(flow.as_of))
    }

    /// Returns the triggers that look at the portfolio, in the order of their precedence.
    pub(crate) fn triggers(&self) -> &'a [Box<dyn RebalanceTrigger>] {
        &self.model.triggers
    }

    /// Checks that the gas of trading each of some assets is known at an instant.
    ///
    /// # Errors
    /// [`UnknownGas`] of the first asset whose gas is not.
    pub fn check_gas<'i>(
        &self,
        as_of: AsOf,
        assets: impl IntoIterator<Item = &'i AssetId>,
    ) -> Result<(), UnknownGas> {
        assets.into_iter().try_for_each(|asset| self.model.costs.gas_of(asset, as_of).map(|_| ()))
    }

    /// Returns what managing the portfolio costs, if anything.
    #[must_use]
    pub fn management_fee(&self) -> Option<ManagementFee> {
        self.costs
            .management_fee
            .map(|fee| ManagementFee { bps_per_year: fee.bps_per_year, days_per_year: fee.days_per_year })
    }

    /// Returns the costs, bands, filters and grids of trading.
    #[must_use]
    pub fn trading_terms(&self) -> TradingTerms<'a> {
        TradingTerms {
            costs: &self.model.costs,
            rules: &self.model.rules,
            money_scale: self.portfolio.money_scale,
            units_scale: self.portfolio.units_scale,
        }
    }
}
