//! Steps of a long command, and how long each took.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use xshell::Shell;

/// Runs steps one after another and measures them.
pub(crate) struct Steps<'sh> {
    sh: &'sh Shell,
    finished: Vec<(&'static str, Duration)>,
}

impl<'sh> Steps<'sh> {
    pub(crate) fn new(sh: &'sh Shell) -> Self {
        Steps { sh, finished: Vec::new() }
    }

    /// The shell that the steps run in.
    pub(crate) fn shell(&self) -> &'sh Shell {
        self.sh
    }

    /// Runs a step; an error says which step failed.
    pub(crate) fn run(&mut self, name: &'static str, step: impl FnOnce(&Shell) -> Result<()>) -> Result<()> {
        println!("\n== {name} ==");
        #[expect(clippy::disallowed_methods, reason = "people wait for it in real time")]
        let start = Instant::now();
        let result = step(self.sh);
        self.finished.push((name, start.elapsed()));
        result.with_context(|| format!("step failed: {name}"))
    }

    /// Prints how long each step took, the last of which may have failed.
    pub(crate) fn print(&self) {
        println!("\n{}", table(&self.finished));
    }
}

fn table(finished: &[(&str, Duration)]) -> String {
    let total = finished.iter().map(|(_, time)| *time).sum();
    let rows = finished.iter().copied().chain([("total", total)]);
    let width = rows.clone().map(|(name, _)| name.len()).max().unwrap_or_default();
    rows.map(|(name, time)| {
        let seconds = time.as_secs_f64().round() as u64;
        format!("{name:<width$}  {:>3} min {:>2} s\n", seconds / 60, seconds % 60)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ends_with_the_total() {
        let finished = [("formatting", Duration::from_millis(900)), ("tests", Duration::from_millis(61_250))];
        insta::assert_snapshot!(table(&finished), @"
        formatting    0 min  1 s
        tests         1 min  1 s
        total         1 min  2 s
        ");
    }

    #[test]
    fn a_step_that_fails_is_measured_and_named() {
        let sh = Shell::new().expect("a shell");
        let mut steps = Steps::new(&sh);
        steps.run("good", |_| Ok(())).expect("it succeeds");
        let error = steps.run("bad", |_| anyhow::bail!("reason")).expect_err("it fails");
        assert_eq!(format!("{error:#}"), "step failed: bad: reason");
        assert_eq!(steps.finished.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["good", "bad"]);
    }
}
