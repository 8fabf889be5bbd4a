//! The windows of `moving_fn` and `moving_avg`.

use super::super::failure;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};

/// Most values in all windows of one pipeline together, which bounds its time: less than a second.
const MAX_VALUES: usize = 100_000_000;

/// The number of values in a window.
pub(super) fn parse_window(node: &Node<'_>) -> Result<usize, ParseError> {
    let window = usize::try_from(node.integer()?).ok().filter(|window| *window > 0);
    window.ok_or_else(|| node.mistake(ErrorKind::Argument, "[window] must be greater than 0"))
}

/// Checks that all windows together have not too many values. A window has at most as many as there are.
pub(super) fn check_windows(values: usize, window: usize) -> Result<(), Error> {
    let all = values.saturating_mul(window.min(values));
    if all > MAX_VALUES {
        return Err(failure::argument(format!(
            "[window] is too large: {values} windows of {window} values have more than {MAX_VALUES} values"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_limited() {
        assert!(check_windows(10_000, 10_000).is_ok());
        assert!(check_windows(10_000, usize::MAX).is_ok());
        assert!(check_windows(10_001, 10_000).is_err());
        assert!(check_windows(10_001, 9_999).is_ok());
    }
}
