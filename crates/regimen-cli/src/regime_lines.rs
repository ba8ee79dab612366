//! The regime report in the printed summary.

use regimen_analytics::{CounterfactualRun, Counterfactuals, RegimeFigures, RegimeReport};

/// A row of the printed summary: a name and a text.
type Line = (String, String);

/// Returns the lines of a report, to stand under the summary's own.
pub(crate) fn lines(report: &RegimeReport) -> Vec<Line> {
    let regimes = [
        ("while bullish", &report.in_regime.bullish),
        ("while bearish", &report.in_regime.bearish),
        ("while undetermined", &report.in_regime.undetermined),
    ];
    let regimes = regimes.into_iter().filter(|(_, figures)| figures.spells > 0);
    let mut lines: Vec<Line> = regimes.map(|(name, figures)| (name.to_owned(), of_regime(figures))).collect();
    if !report.switches.is_empty() {
        let costs = &report.switch_costs;
        let text = format!("{}, turnover {}, cost {}", report.switches.len(), costs.turnover, costs.cost);
        lines.push(("switches".to_owned(), text));
        let whipsaw = &report.whipsaw;
        let bound = match whipsaw.shorter_than_days {
            Some(days) => counted(days, "day"),
            None => counted(whipsaw.shorter_than_snapshots, "snapshot"),
        };
        let round_trips = counted(whipsaw.round_trips.len() as u64, "round trip");
        let text = format!("{round_trips} shorter than {bound}, cost {}", whipsaw.cost);
        lines.push(("whipsaw".to_owned(), text));
    }
    lines.extend(report.counterfactuals.iter().flat_map(of_counterfactuals));
    lines
}

fn of_regime(figures: &RegimeFigures) -> String {
    let shortest = figures
        .shortest_dwell_snapshots
        .map_or_else(String::new, |snapshots| format!(" (the shortest {snapshots})"));
    format!(
        "return {}, worst drawdown {}; {} in {}{shortest}",
        figures.nav_return,
        figures.worst_drawdown,
        counted(figures.snapshots, "snapshot"),
        counted(figures.spells, "spell")
    )
}

fn of_counterfactuals(counterfactuals: &Counterfactuals) -> Vec<Line> {
    let mut lines = vec![("always bullish".to_owned(), of_run(&counterfactuals.always_bullish))];
    for late in &counterfactuals.late {
        lines.push((format!("regime {} late", counted(late.snapshots, "snapshot")), of_run(&late.run)));
    }
    let early = &counterfactuals.early;
    let name = format!("regime {} early", counted(early.snapshots, "snapshot"));
    lines.push((name, format!("{} (not attainable)", of_run(&early.run))));
    let random = &counterfactuals.random;
    if let (Some(nav), Some(drawdown)) =
        (random.nav_multiple.percentile_of_rule, random.worst_drawdown.percentile_of_rule)
    {
        let text = format!(
            "NAV multiple above {nav} % of {} runs, worst drawdown above {drawdown} %; {} differ",
            random.runs, random.distinct
        );
        lines.push(("regime at random".to_owned(), text));
    }
    lines
}

fn of_run(run: &CounterfactualRun) -> String {
    format!("NAV multiple {}, worst drawdown {}", run.nav_multiple, run.worst_drawdown)
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
