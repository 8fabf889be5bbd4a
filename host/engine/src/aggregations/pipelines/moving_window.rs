//! The windows of `moving_fn` and `moving_avg`.

use super::super::answering::Answering;
use super::super::failure;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};

/// Most values that the pipelines of a request read in windows, which bounds their time: less than a second.
const MAX_VALUES: usize = 100_000_000;

/// The number of values in a window.
pub(super) fn parse_window(node: &Node<'_>) -> Result<usize, ParseError> {
    let window = usize::try_from(node.integer()?).ok().filter(|window| *window > 0);
    window.ok_or_else(|| node.mistake(ErrorKind::Argument, "[window] must be greater than 0"))
}

/// The work of a function of windows, in values that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Work {
    /// How often it reads all values of a window.
    pub(super) reads: usize,
    /// What it does once for each window.
    pub(super) steps: usize,
}

impl Work {
    /// Of a function that reads each value of a window once.
    pub(super) const READ_ONCE: Work = Work { reads: 1, steps: 1 };

    /// For as many windows of this length, each of which has at most as many values as there are windows.
    fn of_all(self, windows: usize, length: usize) -> usize {
        windows.saturating_mul(length.min(windows).saturating_mul(self.reads).saturating_add(self.steps))
    }
}

/// Checks that a function of all windows is not too much work, together with those that came before it for this response.
pub(super) fn check_windows(windows: usize, length: usize, work: Work, answering: &mut Answering) -> Result<(), Error> {
    let all = answering.window_work.saturating_add(work.of_all(windows, length));
    if all > MAX_VALUES {
        return Err(failure::argument(format!(
            "[window] is too large: with {windows} windows of {length} values, the pipelines of this request read more than \
             {MAX_VALUES} values"
        )));
    }
    answering.window_work = all;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use quidditch_clock::ManualClock;
    use quidditch_expression::ScriptRun;
    use quidditch_function::Budget;

    use super::*;

    fn answering() -> Answering {
        let scripts = ScriptRun::new(Arc::new(ManualClock::default()), Arc::new(Budget::new(Duration::ZERO)));
        Answering::new(0, scripts, Arc::default())
    }

    #[test]
    fn windows_are_limited() {
        let reads = |reads| Work { reads, steps: 0 };
        let check = |windows, length, work| check_windows(windows, length, work, &mut answering());
        assert!(check(10_000, 10_000, reads(1)).is_ok());
        assert!(check(10_000, usize::MAX, reads(1)).is_ok());
        assert!(check(10_001, 10_000, reads(1)).is_err());
        assert!(check(10_001, 9_999, reads(1)).is_ok());
        // As many calls are as much work as longer windows.
        assert!(check(10_000, 100, reads(100)).is_ok());
        assert!(check(10_000, 100, reads(101)).is_err());
        assert!(check(10_000, 100, Work { reads: 99, steps: 100 }).is_ok());
        assert!(check(10_000, 100, Work { reads: 99, steps: 101 }).is_err());
    }

    #[test]
    fn windows_of_all_pipelines_are_limited_together() {
        let mut answering = answering();
        let work = Work { reads: 1, steps: 0 };
        for _ in 0..4 {
            check_windows(5_000, 5_000, work, &mut answering).expect("within the limit, and at it");
        }
        assert!(check_windows(1, 1, work, &mut answering).is_err());
    }
}
