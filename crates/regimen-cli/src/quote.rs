//! `regimen quote`: the cost of buying or selling the index.

use regimen::planning::{Quote, QuoteLine};
use regimen::{IndexQuote, QuoteOptions, quote_index};
use regimen_input::Opened;
use regimen_types::{ArithmeticError, Diagnostic, Exact, Holdings, Money, Ratio, Rounding, Side};
use rust_decimal::Decimal;

use crate::arguments::{Format, QuoteIndex};
use crate::codes;
use crate::failure::Failure;
use crate::inputs::{read_market, read_with_portfolio};
use crate::plan::{check_holdings, read_json};
use crate::print::{json, table, table_with_header};

pub(crate) fn run(command: &QuoteIndex) -> Result<String, Failure> {
    let read = read_with_portfolio(&command.definition, "quote")?;
    let money_scale = read.definition().portfolio.as_ref().map_or(0, |portfolio| portfolio.money_scale);
    check_amount(command.amount, money_scale)?;
    let Opened { methodology, history, .. } =
        read_market(read, Some(&command.snapshots), command.definition.strict)?;
    let window = history.newest().ok_or_else(|| Failure::internal("a history without snapshots was read"))?;
    let holdings: Option<Holdings> = match &command.holdings {
        Some(path) => {
            let holdings = read_json(path, "{\"cash\": \"10000\", \"units\": {\"BTC\": \"0.5\"}}")?;
            check_holdings(&holdings, &window, path)?;
            Some(holdings)
        }
        None => None,
    };
    let options = QuoteOptions {
        deviations: command.deviations,
        volume_part: command.volume_part,
        window_snapshots: command.window_snapshots,
        cost_ratio_max: command.cost_max,
        tracking_error_max: command.tracking_error_max,
    };
    let side = if command.sell { Side::Sell } else { Side::Buy };
    let quoted = quote_index(&methodology, &window, side, command.amount, holdings.as_ref(), options);
    let quoted = quoted.map_err(|error| {
        let help = "check the snapshots, the holdings and the amount";
        Diagnostic::general(codes::NO_QUOTE.code, format!("there is no quote: {error}"), help)
    })?;
    match command.format {
        Format::Json => json(&quoted),
        Format::Text => text(&quoted, &methodology.definition().currency).map_err(Failure::internal),
    }
}

fn check_amount(amount: Money, money_scale: u32) -> Result<(), Failure> {
    let problem = if amount.decimal() <= Decimal::ZERO {
        "is not above zero".to_owned()
    } else if amount.decimal().normalize().scale() > money_scale {
        format!("has more than {money_scale} decimal places, those of the portfolio's money")
    } else {
        return Ok(());
    };
    let help = "state what is put in, or the value of what is sold";
    Err(Diagnostic::general(codes::BAD_AMOUNT.code, format!("the amount {amount} {problem}"), help).into())
}

fn text(quoted: &IndexQuote, currency: &str) -> Result<String, ArithmeticError> {
    let quote = &quoted.quote;
    let doing = if quote.side == Side::Buy { "buying" } else { "selling" };
    let mut text = format!(
        "{doing} the index for {} {currency} at the prices of {}, {}\n",
        quote.amount, quoted.as_of, quoted.regime
    );
    text += &table(&totals(quoted, quote));
    text += &table_with_header(
        &[
            "asset",
            "side",
            "target",
            "reached",
            "notional",
            "costs",
            "slippage",
            "at most",
            "not reached because",
        ],
        quote.lines.iter().map(line).collect::<Result<Vec<_>, _>>()?,
    );
    text += &format!("plan {}\n", quoted.hash);
    Ok(text)
}

fn totals(quoted: &IndexQuote, quote: &Quote) -> Vec<(&'static str, String)> {
    let options = quoted.options;
    let mut rows: Vec<(&'static str, String)> = quote
        .costs
        .named()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(name, amount)| (if name == "platform_fee" { "platform fee" } else { name }, cents(amount)))
        .collect();
    rows.push(("all costs", format!("{} of the amount", percent(quote.cost_ratio.decimal()))));
    rows.push(("expected value received", cents(quote.expected_value)));
    rows.push(("minimum value received", cents(quote.minimum_value)));
    rows.push(("expected slippage", cents(quote.expected_slippage)));
    rows.push((
        "maximum slippage",
        format!(
            "{}, if prices move {} standard deviations and volumes shrink to {}",
            cents(quote.maximum_slippage),
            options.deviations,
            percent(options.volume_part.decimal())
        ),
    ));
    rows.push((if quote.side == Side::Buy { "not invested" } else { "not raised" }, cents(quote.undone)));
    let most = percent(options.cost_ratio_max.decimal());
    rows.push(match quoted.acceptable_from {
        Some(amount) => ("a purchase costs little", format!("at most {most}, from {amount} on")),
        None => ("a purchase costs little", format!("no amount costs at most {most}")),
    });
    rows.push(match &quoted.basket {
        Some(basket) => (
            "a smaller basket",
            format!(
                "the {} largest: tracking error {:.2} % a year, costs {} of the amount",
                basket.size,
                basket.tracking_error * 100.0,
                percent(basket.cost_ratio.decimal())
            ),
        ),
        None => ("a smaller basket", "none tracks the index that well".to_owned()),
    });
    rows
}

fn line(line: &QuoteLine) -> Result<Vec<String>, ArithmeticError> {
    let costs = line.costs.total()?;
    Ok(vec![
        line.asset.to_string(),
        line.order.as_ref().map_or("none", |order| order.side.as_str()).to_owned(),
        percent(line.target_weight.decimal()),
        percent(line.reached_weight.decimal()),
        cents(line.notional),
        cents(costs),
        cents(line.expected_slippage),
        cents(line.maximum_slippage),
        line.unreached.as_ref().map_or_else(String::new, |skip| skip.reason.as_str().replace('_', " ")),
    ])
}

fn cents(amount: Money) -> String {
    rounded(Exact::from(amount.decimal()), 2)
}

fn percent(part: Decimal) -> String {
    Exact::from(part)
        .times(Decimal::ONE_HUNDRED)
        .map_or_else(|_| part.to_string(), |part| rounded(part, 4) + " %")
}

fn rounded(value: Exact, scale: u32) -> String {
    value
        .round(scale, Rounding::HalfEven)
        .ok()
        .and_then(|value| Ratio::new(value).ok())
        .map_or_else(|| "beyond 28 digits".to_owned(), |value| value.to_string())
}
