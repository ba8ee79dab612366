//! The vendors whose files are known, and what their columns mean.

use regimen_types::{ColumnMapping, NamePattern, Separator, SnapshotLayout};

use crate::snapshots::shaped::Heading;

regimen_types::named! {
    /// What files to import are.
    pub enum ImportKind {
        /// Candles of data.binance.vision, without a header: a file or several for each pair.
        Binance = "binance",
        /// CryptoDataDownload: the first line is an address, the newest row comes first.
        CryptoDataDownload = "cryptodatadownload",
        /// CoinGecko: snapped_at, price, market_cap, total_volume; a file for each asset.
        CoinGecko = "coingecko",
        /// CoinMarketCap: semicolons, the newest row first; a file for each asset.
        CoinMarketCap = "coinmarketcap",
        /// Kaggle's coin_NAME.csv: SNo, Name, Symbol, Date, …, Close, Volume, Marketcap.
        Kaggle = "kaggle",
        /// Yahoo's tables as yfinance writes them, with three lines of header.
        Yahoo = "yahoo",
        /// A row for each instant, a column with the price of each asset.
        Wide = "wide",
        /// A row for each instant and asset.
        Long = "long",
        /// A file for each asset, with a header.
        OneFilePerAsset = "one_file_per_asset",
    }
}

/// The columns of Binance's candles.
const CANDLE: [&str; 12] = [
    "open_time",
    "open",
    "high",
    "low",
    "close",
    "base_volume",
    "close_time",
    "volume",
    "trades",
    "taker_base",
    "taker_quote",
    "ignore",
];

/// Names of columns, the likeliest first, whatever their case, and without `_` and spaces.
const AS_OF: [&str; 11] = [
    "date",
    "snappedat",
    "timeopen",
    "opentime",
    "asof",
    "timestamp",
    "datetime",
    "time",
    "day",
    "unix",
    "price",
];
const ASSET: [&str; 6] = ["asset", "id", "name", "symbol", "ticker", "coin"];
const PRICE: [&str; 5] = ["price", "close", "adjclose", "last", "value"];
const MARKET_CAP: [&str; 3] = ["marketcap", "mcap", "cap"];
const VOLUME: [&str; 5] = ["volume", "totalvolume", "volumeusd", "volumeusdt", "volumequote"];
const SUPPLY: [&str; 2] = ["circulatingsupply", "supply"];

impl ImportKind {
    /// Returns what a file with this first line most likely is; `among_others` if there are several files.
    pub(super) fn likely(line: &str, among_others: bool) -> Self {
        let plain = line.to_lowercase().replace(['_', ' ', '"'], "");
        let cells: Vec<&str> = plain.split([',', ';', '\t', '|']).collect();
        let has = |names: &[&str]| names.iter().any(|name| cells.contains(name));
        let is_number = |cell: &&str| cell.parse::<f64>().is_ok();
        match cells.as_slice() {
            [first, ..] if first.contains("://") => Self::CryptoDataDownload,
            [first, ..] if cells.len() == CANDLE.len() && is_number(first) => Self::Binance,
            ["price", ..] if cells.len() > 1 && !has(&["asset"]) => Self::Yahoo,
            ["sno", ..] => Self::Kaggle,
            _ if has(&["snappedat"]) => Self::CoinGecko,
            _ if has(&["timeopen"]) => Self::CoinMarketCap,
            _ if has(&["asset"]) || (has(&ASSET) && has(&PRICE)) => Self::Long,
            _ if has(&PRICE) || among_others => Self::OneFilePerAsset,
            _ => Self::Wide,
        }
    }

    pub(super) fn layout(self) -> SnapshotLayout {
        match self {
            Self::Wide | Self::Yahoo => SnapshotLayout::Wide,
            Self::Long | Self::CryptoDataDownload | Self::Kaggle => SnapshotLayout::Long,
            Self::Binance | Self::CoinGecko | Self::CoinMarketCap | Self::OneFilePerAsset => {
                SnapshotLayout::OneFilePerAsset
            }
        }
    }

    /// Returns how the columns get their names; `first` is the file's first cell.
    pub(super) fn heading(self, first: &str) -> Heading {
        match self {
            Self::Binance if first.starts_with(|letter: char| letter.is_ascii_digit()) => {
                Heading::Known(CANDLE.map(str::to_owned).to_vec())
            }
            Self::CryptoDataDownload if first.contains("://") => Heading::SecondLine,
            Self::Yahoo if first == "Price" => Heading::ThreeLines,
            _ => Heading::FirstLine,
        }
    }

    /// Returns the separator, if files of the kind always have it.
    pub(super) fn separator(self) -> Option<Separator> {
        match self {
            Self::CoinMarketCap => Some(Separator::Semicolon),
            Self::Wide | Self::Long | Self::OneFilePerAsset => None,
            _ => Some(Separator::Comma),
        }
    }

    /// Returns where the asset stands in the name of a file without ending, or in that of a wide column.
    pub(super) fn asset_pattern(self, stem: &str) -> NamePattern {
        let known = match self {
            Self::Yahoo => "{measure} {asset}",
            Self::CoinGecko if stem.ends_with("-usd-max") => "{asset}-usd-max",
            _ => "{asset}",
        };
        known.parse().unwrap_or_default()
    }

    /// Returns what ends the asset in a file's name: dates and intervals follow.
    pub(super) fn name_ends_at(self) -> Option<char> {
        match self {
            Self::Binance => Some('-'),
            Self::CoinMarketCap => Some('_'),
            _ => None,
        }
    }

    pub(super) fn keeps_further_columns(self) -> bool {
        matches!(self, Self::Long | Self::OneFilePerAsset)
    }

    /// Finds the columns among the names of a file.
    pub(super) fn columns(self, names: &[String]) -> ColumnMapping {
        let find = |wanted: &[&str]| {
            let plain = |name: &str| name.replace(['_', ' '], "").to_lowercase();
            wanted.iter().find_map(|wanted| names.iter().find(|name| plain(name) == *wanted)).cloned()
        };
        let or = |found: Option<String>, default: &str| found.unwrap_or_else(|| default.to_owned());
        match self {
            Self::Yahoo => ColumnMapping {
                as_of: names.first().cloned().unwrap_or_default(),
                asset: "asset".to_owned(),
                price: "Close".to_owned(),
                market_cap: None,
                volume: Some("Volume".to_owned()),
                circulating_supply: None,
                known_at: None,
            },
            Self::Wide => ColumnMapping {
                as_of: names.first().cloned().unwrap_or_default(),
                asset: "asset".to_owned(),
                price: "price".to_owned(),
                market_cap: None,
                volume: None,
                circulating_supply: None,
                known_at: None,
            },
            _ => ColumnMapping {
                as_of: or(find(&AS_OF), "date"),
                asset: match self.layout() {
                    SnapshotLayout::Long if self == Self::CryptoDataDownload => {
                        or(find(&["symbol"]), "symbol")
                    }
                    SnapshotLayout::Long => or(find(&ASSET), "asset"),
                    // The file's name is the asset; CoinMarketCap's `name` is a currency.
                    _ => or(find(&["asset"]), "asset"),
                },
                price: or(find(&PRICE), "price"),
                market_cap: find(&MARKET_CAP),
                volume: match self {
                    Self::CryptoDataDownload => find(&["volumeusd", "volumeusdt", "volumeeur", "volume"]),
                    _ => find(&VOLUME),
                },
                circulating_supply: find(&SUPPLY),
                known_at: find(&["knownat"]),
            },
        }
    }
}
