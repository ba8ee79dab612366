//! `regimen gains`: the gains of a run, lot by lot.

use regimen::ledger::LotMethod;
use regimen_run::{AssetGains, gains};

use crate::arguments::{Format, Gains, Method};
use crate::failure::Failure;
use crate::print::{json, table_with_header};

pub(crate) fn run(command: &Gains) -> Result<String, Failure> {
    let method = match command.method {
        Method::Fifo => LotMethod::Fifo,
        Method::Lifo => LotMethod::Lifo,
        Method::Hifo => LotMethod::Hifo,
        Method::Average => LotMethod::Average,
    };
    let found = gains(&command.folder, method, command.year)?;
    let mut text = match command.format {
        Format::Json => json(&found)?,
        Format::Text => table_with_header(
            &["asset", "proceeds", "cost", "realised", "open units", "open cost", "unrealised"],
            found.assets.iter().map(row),
        ),
    };
    if let Some(path) = &command.out {
        let csv = found.to_csv().map_err(Failure::internal)?;
        std::fs::write(path, csv).map_err(|problem| Failure::unwritable(path, &problem))?;
        if command.format == Format::Text {
            text += &format!("{} disposals written to {}\n", found.disposals.len(), path.display());
        }
    }
    Ok(text)
}

fn row(gains: &AssetGains) -> Vec<String> {
    vec![
        gains.asset.to_string(),
        gains.proceeds.to_string(),
        gains.cost.to_string(),
        gains.realised.to_string(),
        gains.open_units.to_string(),
        gains.open_cost.to_string(),
        gains.unrealised.map_or_else(String::new, |amount| amount.to_string()),
    ]
}
