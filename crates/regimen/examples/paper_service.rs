//! A service that follows an index at a venue on paper, is stopped at the worst moments, and never trades
//! twice.
//!
//! `cargo run -p regimen --example paper_service` prints what it ends with. `docs/embedding.md` explains it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use regimen::ledger::{LedgerState, Transaction};
use regimen::types::{
    ActionInput, ActionKind, CorporateAction, Fill, History, HistoryWindow, Quantity, Rounding, RowInput,
    Side, TradeCosts,
};
use regimen::{
    Book, ClientOrderId, Inputs, Methodology, StoredBook, Venue, VenueError, VenueOrder, parse_definition,
};
use serde::{Deserialize, Serialize};

type Outcome<T> = Result<T, Box<dyn Error>>;

const DEFINITION: &str = r#"
name = "Two largest"
currency = "USD"
index = { base_level = 1000 }
selection = { count = 2 }
weighting = { rule = "market_cap" }
schedule = { every = "week", weekday = "monday", if_missing = "next_snapshot" }
universe = { exclude_categories = [], history_snapshots_min = 1 }
portfolio = { initial_cash = 10_000, lag_snapshots = 1, money_scale = 2, units_scale = 8 }
costs = { fee_bps = 10, slippage_bps = 5, management_fee = { bps_per_year = 200, days_per_year = 365 } }
cash_flows = { from = "list", flows = [
    { as_of = "2024-05-13", amount = 500 }, { as_of = "2024-05-20", amount = -800 },
] }
vanished = { max_stale_days = 7, sell_while_stale = true, then = "sell_at_last_price" }
regime = { rule = "always_bullish" }
defensive = { sleeve = [], yields = { from = "constant", cash = 0.1, assets = [] } }
snapshots = {}
"#;

/// All that survives a restart, in one file: the book at its stage, and the log of what it booked.
#[derive(Serialize, Deserialize)]
struct Stored {
    book: StoredBook,
    log: Vec<String>,
}

/// The service: a venue and a store. Whatever it does to the world, it can be stopped before and after.
struct Service<'a> {
    methodology: &'a Methodology,
    venue: &'a dyn Venue,
    file: &'a Path,
    /// How many more steps it lives.
    life: Cell<u32>,
}

impl Service<'_> {
    /// Works one snapshot to its end, from the stage at which an earlier attempt was stopped.
    fn work(&self, window: &HistoryWindow<'_>) -> Outcome<()> {
        let mut stored = self.load()?;
        loop {
            match &stored.book {
                StoredBook::Closed(book) if book.state().index.decided_at == Some(window.as_of()) => {
                    return Ok(());
                }
                StoredBook::Closed(_) => {}
                StoredBook::Open(_) | StoredBook::Settled(_) | StoredBook::Decided(_) => {
                    self.trade(&mut stored)?
                }
            }
            let (book, booked) = self.next_stage(stored.book, window)?;
            stored = Stored { book, log: stored.log };
            self.store(&mut stored, &booked)?;
        }
    }

    /// Takes the book to the next stage of the day, and returns what that books.
    fn next_stage(
        &self,
        book: StoredBook,
        window: &HistoryWindow<'_>,
    ) -> Outcome<(StoredBook, Vec<Transaction>)> {
        Ok(match book {
            StoredBook::Closed(book) => {
                let (book, opening) = book.open_day(self.methodology, window)?;
                (book.into(), opening.transactions)
            }
            StoredBook::Open(book) => {
                let (book, settling) = book.settle_orders(self.methodology, window)?;
                (book.into(), settling.transactions)
            }
            StoredBook::Settled(book) => {
                let (book, _) = book.decide(self.methodology, window)?;
                (book.into(), Vec::new())
            }
            StoredBook::Decided(book) => {
                let (book, closing) = book.close_day(self.methodology, window)?;
                (book.into(), closing.transactions)
            }
        })
    }

    /// Places the orders of the book until the venue has nothing new. The book is stored, so a restart finds
    /// the same orders under the same names.
    fn trade(&self, stored: &mut Stored) -> Outcome<()> {
        loop {
            let orders = stored.book.venue_orders();
            // Purchases wait for the sales that pay for them.
            let sells = orders.iter().any(|order| order.side == Side::Sell);
            let mut any = false;
            for order in orders.into_iter().filter(|order| !sells || order.side == Side::Sell) {
                self.live()?;
                for fill in order.new_fills(self.venue.place(&order)?) {
                    let booked = stored.book.report_fill(&fill)?;
                    self.store(stored, &[booked])?;
                    any = true;
                }
            }
            if !any {
                return Ok(());
            }
        }
    }

    fn load(&self) -> Outcome<Stored> {
        if self.file.exists() {
            return Ok(serde_json::from_str(&fs::read_to_string(self.file)?)?);
        }
        Ok(Stored { book: Book::new(self.methodology)?.into(), log: Vec::new() })
    }

    /// Stores the book together with the log of what it booked. Writes beside the file and renames: the file
    /// is the old one or the new one, never half of it.
    fn store(&self, stored: &mut Stored, booked: &[Transaction]) -> Outcome<()> {
        self.live()?;
        stored.log.extend(booked.iter().map(Transaction::to_line));
        let beside = self.file.with_extension("new");
        fs::write(&beside, serde_json::to_string(stored)?)?;
        fs::rename(&beside, self.file)?;
        self.live()
    }

    /// Stands for a machine that fails at any moment.
    fn live(&self) -> Outcome<()> {
        match self.life.get() {
            0 => Err("stopped".into()),
            left => {
                self.life.set(left - 1);
                Ok(())
            }
        }
    }
}

/// A venue that fills each order in two parts at given prices, and loses every third answer.
#[derive(Default)]
struct PaperVenue {
    prices: RefCell<BTreeMap<String, String>>,
    book: RefCell<BTreeMap<ClientOrderId, Vec<Fill>>>,
    calls: Cell<u32>,
}

impl PaperVenue {
    fn fill(&self, order: &VenueOrder, units: Quantity) -> Outcome<Fill> {
        let prices = self.prices.borrow();
        let price = prices.get(order.asset.as_str()).ok_or("no price")?.parse()?;
        let rounding = if order.side == Side::Buy { Rounding::Up } else { Rounding::Down };
        let notional = units.notional(price, 2, rounding)?;
        let (as_of, asset, side) = (order.decided_at, order.asset.clone(), order.side);
        Ok(Fill {
            as_of,
            asset,
            side,
            units,
            price,
            notional,
            costs: TradeCosts { fee: "0.01".parse()?, ..TradeCosts::NONE },
            cause: order.cause,
        })
    }
}

impl Venue for PaperVenue {
    fn place(&self, order: &VenueOrder) -> Result<Vec<Fill>, VenueError> {
        let mut book = self.book.borrow_mut();
        let fills = book.entry(order.id.clone()).or_default();
        let filled = fills.iter().try_fold(Quantity::ZERO, |sum, fill| sum.plus(fill.units));
        let rest = filled.map_or(Quantity::ZERO, |filled| order.units.left_after(filled));
        let first: Option<Quantity> = "0.05".parse().ok().filter(|part| fills.is_empty() && *part < rest);
        if !rest.is_zero() {
            let fill = self.fill(order, first.unwrap_or(rest));
            fills.push(fill.map_err(|error| VenueError(error.to_string()))?);
        }
        self.calls.set(self.calls.get() + 1);
        if self.calls.get().is_multiple_of(3) {
            return Err(VenueError("the connection broke after the order arrived".to_owned()));
        }
        Ok(fills.clone())
    }
}

/// What a run of the service leaves.
#[derive(Debug, PartialEq)]
pub(crate) struct Left {
    /// The ledger with the hash of its last transaction.
    pub(crate) ledger: LedgerState,
    /// The transactions, a line for each.
    pub(crate) log: Vec<String>,
    /// What the venue executed, order by order.
    pub(crate) executed: BTreeMap<ClientOrderId, Vec<Fill>>,
    /// How often the service was started.
    pub(crate) starts: u32,
}

/// Runs the service over three weeks; it stops after every `life` steps and is started again.
///
/// # Errors
/// Whatever goes wrong other than being stopped.
pub(crate) fn run(folder: &Path, life: u32) -> Outcome<Left> {
    let definition = parse_definition("service.toml", DEFINITION, &[]).map_err(|found| found.to_string())?;
    let methodology = Methodology::new(definition, Inputs::none())?;
    let venue = PaperVenue::default();
    let file: PathBuf = folder.join("service.json");
    // Price and market cap of each asset; the caps change with the supply too, so that there is something to
    // trade.
    let weeks = [
        ("2024-05-06", ("40000", "8e11"), ("2500", "3e11")),
        ("2024-05-13", ("44000", "6e11"), ("2300", "5e11")),
        ("2024-05-20", ("39000", "9e11"), ("2900", "2e11")),
    ];
    // Each bitcoin earns a hundredth of one.
    let earned = CorporateAction::new(ActionInput {
        as_of: "2024-05-13".parse()?,
        known_at: None,
        asset: "BTC".parse()?,
        kind: ActionKind::Staking,
        ratio: Some("0.01".parse()?),
        new_asset: None,
    })?;
    let mut history = History::builder();
    let mut starts = 0;
    for (day, bitcoin, ether) in weeks {
        let row = |asset: &str, (price, cap): (&str, &str)| -> Outcome<RowInput> {
            Ok(RowInput::new(asset.parse()?, price.parse()?, cap.parse()?))
        };
        history = history.snapshot(day.parse()?, [row("BTC", bitcoin)?, row("ETH", ether)?]);
        let prices =
            [("BTC", bitcoin.0), ("ETH", ether.0)].map(|(asset, price)| (asset.to_owned(), price.to_owned()));
        *venue.prices.borrow_mut() = prices.into();
        let (known, _) = history.clone().build()?.with_corporate_actions(vec![earned.clone()]);
        let window = known.newest().ok_or("no snapshot")?;
        loop {
            starts += 1;
            let service = Service {
                methodology: &methodology,
                venue: &venue,
                file: &file,
                life: Cell::new(life + starts),
            };
            match service.work(&window) {
                Ok(()) => break,
                // A lost answer and a lost machine are the same to the next start.
                Err(error)
                    if starts < 1000 && (error.is::<VenueError>() || error.to_string() == "stopped") => {}
                Err(error) => return Err(error),
            }
        }
    }
    let stored: Stored = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let (ledger, executed) = (stored.book.ledger().clone(), venue.book.into_inner());
    Ok(Left { ledger, log: stored.log, executed, starts })
}

#[allow(dead_code, reason = "the test takes this file as a module")]
fn main() -> Outcome<()> {
    let folder = std::env::temp_dir().join(format!("regimen-paper-service-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let left = run(&folder, 3)?;
    fs::remove_dir_all(&folder)?;
    println!("started {} times, {} orders, holds:", left.starts, left.executed.len());
    for (asset, units) in left.ledger.holdings().positions() {
        println!("  {units} {asset}");
    }
    println!("  {} in cash", left.ledger.holdings().cash());
    println!("and booked:");
    left.log.iter().for_each(|line| println!("  {line}"));
    Ok(())
}
