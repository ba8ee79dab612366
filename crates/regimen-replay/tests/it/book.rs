//! The book: a service that drives it stage by stage, restarted at each, books what the replay books.

use proptest::prelude::*;
use regimen::{Book, BookError, Closed, FillReportError, Methodology, Stage, StoredBook, WindowMarket};
use regimen_ledger::{Transaction, TransactionKind};
use regimen_planning::fill;
use regimen_types::{
    Cause, Fill, HistoryWindow, Holdings, Money, Order, Price, Quantity, Rounding, Side, TradeCosts,
};
use rust_decimal::Decimal;

use crate::methodology::methodology;
use crate::record::{Record, assert_same, records_until_error};
use crate::strategies::{eventful_choices, eventful_markets};

/// Stores a book and starts again: its JSON is all that is left of it.
fn restarted<S: Stage>(book: Book<S>) -> StoredBook
where
    StoredBook: From<Book<S>>,
{
    serde_json::from_str(&serde_json::to_string(&StoredBook::from(book)).unwrap()).unwrap()
}

macro_rules! at {
    ($stage:ident, $book:expr) => {
        match restarted($book) {
            StoredBook::$stage(book) => book,
            other => panic!("stored at another stage: {other:?}"),
        }
    };
}

/// A service that keeps nothing but the stored book, and fills orders at the market of the snapshot.
struct Service<'a> {
    methodology: &'a Methodology,
    window: HistoryWindow<'a>,
}

impl Service<'_> {
    /// Works a day, restarted before and after each stage and each report.
    fn day(&self, book: Book) -> Result<(Book, Record), Box<dyn std::error::Error>> {
        let (methodology, window) = (self.methodology, &self.window);
        let market = WindowMarket::of(&methodology.portfolio().unwrap(), *window);
        let (book, opening) = at!(Closed, book).open_day(methodology, window)?;
        let mut transactions = opening.transactions;
        let mut book = at!(Open, book);
        for fill in self.fills(&mut book, |book| book.due_orders(methodology), &market)? {
            transactions.push(book.report_fill(&fill)?);
            book = at!(Open, book);
        }
        let (book, settling) = book.settle_orders(methodology, window)?;
        transactions.extend(settling.transactions);
        let mut book = at!(Settled, book);
        let stale = WindowMarket::new(*window, true);
        for fill in self.fills(&mut book, |book| book.due_orders(methodology), &stale)? {
            transactions.push(book.report_fill(&fill)?);
            book = at!(Settled, book);
        }
        let (book, deciding) = book.decide(methodology, window)?;
        let mut book = at!(Decided, book);
        for fill in self.fills(&mut book, |book| book.due_orders(methodology), &market)? {
            transactions.push(book.report_fill(&fill)?);
            book = at!(Decided, book);
        }
        let (book, closing) = book.close_day(methodology, window)?;
        transactions.extend(closing.transactions);
        let results =
            [opening.order_results, settling.order_results, deciding.order_results, closing.order_results];
        let record = Record {
            as_of: window.as_of(),
            decision: deciding.decision,
            accruals: opening.accruals,
            transactions,
            order_results: results.concat(),
            holdings: book.holdings().clone(),
            nav: closing.nav,
        };
        Ok((at!(Closed, book), record))
    }

    fn fills<S: Stage>(
        &self,
        book: &mut Book<S>,
        due: impl Fn(&Book<S>) -> Vec<Order>,
        market: &WindowMarket<'_>,
    ) -> Result<Vec<Fill>, Box<dyn std::error::Error>> {
        let rules = self.methodology.portfolio().unwrap();
        let (orders, terms) = (due(book), rules.trading_terms());
        let outcome = fill(self.window.as_of(), &orders, &*book.free_holdings()?, market, &terms)?;
        outcome.shortfalls.iter().for_each(|shortfall| book.report_shortfall(shortfall));
        Ok(outcome.fills)
    }
}

/// Returns a fill as the venue that made it would report it.
fn fill_of(transaction: &Transaction) -> Option<Fill> {
    let side = match transaction.kind {
        TransactionKind::Buy => Side::Buy,
        TransactionKind::Sell => Side::Sell,
        _ => return None,
    };
    Some(Fill {
        as_of: transaction.as_of,
        asset: transaction.asset.clone()?,
        side,
        units: transaction.units,
        price: transaction.price?,
        notional: transaction.notional,
        costs: transaction.costs,
        cause: transaction.cause,
    })
}

/// Reports fills that a replay booked at a snapshot, without any market to fill at.
fn day_of_fills(
    methodology: &Methodology,
    window: &HistoryWindow<'_>,
    book: Book,
    fills: &[Fill],
) -> Result<(Book, Vec<Transaction>), BookError> {
    let at_once = methodology.portfolio().unwrap().portfolio.lag_snapshots == 0;
    let vanished = |fill: &&Fill| fill.cause == Cause::Vanished;
    let ordered = |fill: &&Fill| fill.cause != Cause::Vanished;
    let (mut book, opening) = book.open_day(methodology, window)?;
    let mut transactions = opening.transactions;
    for fill in fills.iter().filter(ordered).filter(|_| !at_once) {
        transactions.push(book.report_fill(fill)?);
    }
    let (mut book, settling) = book.settle_orders(methodology, window)?;
    transactions.extend(settling.transactions);
    for fill in fills.iter().filter(vanished) {
        transactions.push(book.report_fill(fill)?);
    }
    let (mut book, _) = book.decide(methodology, window)?;
    for fill in fills.iter().filter(ordered).filter(|_| at_once) {
        transactions.push(book.report_fill(fill)?);
    }
    let (book, closing) = book.close_day(methodology, window)?;
    transactions.extend(closing.transactions);
    Ok((book, transactions))
}

/// Splits a fill in two without costs, at a price that is better by a hundredth.
fn parts(fill: &Fill, money_scale: u32) -> Vec<Fill> {
    let half = Quantity::new((fill.units.decimal() / Decimal::TWO).trunc_with_scale(2)).unwrap();
    let rest = fill.units.minus(half).unwrap();
    let rounding = if fill.side == Side::Buy { Rounding::Up } else { Rounding::Down };
    let better = Decimal::new(if fill.side == Side::Buy { 99 } else { 101 }, 2);
    let price = Price::new((fill.price.decimal() * better).normalize()).unwrap();
    let part = |units: Quantity| {
        let notional = units.notional(price, money_scale, rounding).unwrap();
        Fill { units, price, notional, costs: TradeCosts::NONE, ..fill.clone() }
    };
    [half, rest].into_iter().filter(|units| !units.is_zero()).map(part).collect()
}

fn units(holdings: &Holdings) -> Vec<(String, Quantity)> {
    holdings.positions().map(|(asset, units)| (asset.to_string(), units)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_service_that_is_restarted_at_every_stage_books_what_the_replay_books(
        table in eventful_markets(4..30), overrides in eventful_choices(0..4),
    ) {
        let (methodology, history) = (methodology(&overrides), table.history());
        let (replayed, end) = records_until_error(&methodology, &history);
        let mut book = Book::new(&methodology).unwrap();
        let mut worked = Vec::new();
        for window in history.windows() {
            match (Service { methodology: &methodology, window }).day(book) {
                Ok((next, record)) => {
                    worked.push(record);
                    book = next;
                }
                Err(error) => {
                    prop_assert_eq!(error.to_string(), end.unwrap_err().to_string());
                    assert_same(&worked, &replayed);
                    return Ok(());
                }
            }
        }
        assert_same(&worked, &replayed);
        prop_assert_eq!(book, end.unwrap());
    }

    /// A venue's reports alone are enough, where no order waits for a reason to end.
    #[test]
    fn the_fills_of_a_replay_give_its_transactions(
        table in eventful_markets(4..30), mut overrides in eventful_choices(0..4),
    ) {
        if overrides.iter().any(|each| each.starts_with("execution=")) {
            overrides.push("execution.carry_snapshots=0".to_owned());
        }
        let (methodology, history) = (methodology(&overrides), table.history());
        let (replayed, _) = records_until_error(&methodology, &history);
        let mut book = Book::<Closed>::new(&methodology).unwrap();
        for (window, record) in history.windows().zip(&replayed) {
            let fills: Vec<Fill> = record.transactions.iter().filter_map(fill_of).collect();
            let (next, transactions) = day_of_fills(&methodology, &window, book, &fills).unwrap();
            prop_assert_eq!(&transactions, &record.transactions);
            book = next;
        }
    }

    /// A fill in parts ends as the whole one does; a report that does not fit changes nothing.
    #[test]
    fn parts_of_a_fill_are_taken_up_one_by_one(
        table in eventful_markets(4..20), overrides in eventful_choices(1..3),
    ) {
        let (methodology, history) = (methodology(&overrides), table.history());
        let money_scale = methodology.portfolio().unwrap().portfolio.money_scale;
        let mut book = Book::new(&methodology).unwrap();
        for window in history.windows() {
            let service = Service { methodology: &methodology, window };
            let Ok((open, _)) = book.clone().open_day(&methodology, &window) else { return Ok(()) };
            let market = WindowMarket::of(&methodology.portfolio().unwrap(), window);
            let (mut whole, mut parted) = (open.clone(), open);
            let Ok(fills) = service.fills(&mut whole, |book| book.due_orders(&methodology), &market) else {
                return Ok(());
            };
            service.fills(&mut parted, |book| book.due_orders(&methodology), &market).unwrap();
            let mut any_refused = false;
            for fill in &fills {
                whole.report_fill(fill).unwrap();
                for part in parts(fill, money_scale) {
                    let before = parted.clone();
                    if parted.report_fill(&part).is_err() {
                        prop_assert_eq!(&parted, &before);
                        any_refused = true;
                    }
                }
            }
            let too_much = fills.first().map(|fill| Fill { units: "1e20".parse().unwrap(), ..fill.clone() });
            if let Some(fill) = too_much {
                let before = parted.clone();
                let refused = parted.report_fill(&fill);
                prop_assert!(matches!(refused, Err(BookError::Fill(FillReportError::TooMuch { .. }))), "{:?}", refused);
                prop_assert_eq!(&parted, &before);
            }
            if !any_refused {
                prop_assert_eq!(whole.state(), parted.state());
                prop_assert_eq!(units(whole.holdings()), units(parted.holdings()));
            }
            let Ok((next, _)) = service.day(book) else { return Ok(()) };
            book = next;
        }
    }
}

#[test]
fn a_window_of_another_day_and_a_fill_of_no_order_are_refused() {
    let table = crate::market::Table::synthetic(21, 20, 100, regimen_synth::MarketKind::Realistic);
    let (methodology, history) = (methodology(&["selection.count=3"]), table.history());
    let windows: Vec<_> = history.windows().collect();
    let (mut book, _) = Book::new(&methodology).unwrap().open_day(&methodology, &windows[0]).unwrap();
    let stray = Fill {
        as_of: windows[0].as_of(),
        asset: "nothing".parse().unwrap(),
        side: Side::Buy,
        units: "1".parse().unwrap(),
        price: "1".parse().unwrap(),
        notional: Money::ZERO,
        costs: TradeCosts::NONE,
        cause: Cause::Schedule,
    };
    let before = book.clone();
    let refused = book.report_fill(&stray).unwrap_err();
    assert!(matches!(refused, BookError::Fill(FillReportError::NotOrdered { .. })), "{refused}");
    assert_eq!(book, before);
    let refused = book.settle_orders(&methodology, &windows[1]).unwrap_err();
    let other_day = BookError::OtherDay { open: windows[0].as_of(), newest: windows[1].as_of() };
    assert_eq!(refused, other_day);
}
