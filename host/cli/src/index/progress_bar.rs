//! Progress of long-running commands.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress bar on standard error, hidden unless that is a terminal. `figures` is a template of indicatif.
pub(super) fn progress_bar(figures: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!("{{spinner}} {{wide_bar}} {figures}"));
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(style.expect("the template is a valid one"));
    if !bar.is_hidden() {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}
