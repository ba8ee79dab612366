//! Progress on a terminal; silent elsewhere.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over the bytes that are read.
pub(crate) struct ReadProgress(ProgressBar);

impl ReadProgress {
    pub(crate) fn start() -> Self {
        Self(bar("reading snapshots", "{msg} {wide_bar} {bytes}/{total_bytes}"))
    }

    pub(crate) fn show(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// A bar over the snapshots that are replayed.
pub(crate) struct ReplayProgress(ProgressBar);

impl ReplayProgress {
    pub(crate) fn start(snapshots: usize) -> Self {
        let bar = bar("replaying", "{msg} {wide_bar} {pos}/{len} snapshots");
        bar.set_length(snapshots as u64);
        Self(bar)
    }

    pub(crate) fn advance(&self) {
        self.0.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// A bar over runs under other regimes.
pub(crate) struct RunsProgress(ProgressBar);

impl RunsProgress {
    pub(crate) fn start(runs: usize) -> Self {
        let bar = bar("replaying under other regimes", "{msg} {wide_bar} {pos}/{len} runs");
        bar.set_length(runs as u64);
        Self(bar)
    }

    pub(crate) fn advance(&self) {
        self.0.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

fn bar(message: &'static str, template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style).with_message(message)
}
