//! Formats errors as text.

use quidditch_function::Cause;

/// The error with its causes; and, if a function trapped, the functions on its stack, each on a line of its own.
pub(crate) fn error_with_stack(error: &anyhow::Error) -> String {
    let frames = error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(Cause::Trapped { frames, .. }) => Some(frames.as_slice()),
        _ => None,
    });
    let frames = frames.unwrap_or_default().iter().map(|frame| format!("\n  at {frame}"));
    format!("{error:#}{}", frames.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traps_are_shown_with_their_stack() {
        let trap =
            Cause::Trapped { message: "no way".to_owned(), frames: vec!["a (a.rs:1)".to_owned(), "b".to_owned()] };
        let error = anyhow::Error::new(trap).context("cannot run it");
        assert_eq!(error_with_stack(&error), "cannot run it: the function trapped: no way\n  at a (a.rs:1)\n  at b");
        assert_eq!(error_with_stack(&anyhow::anyhow!("no function")), "no function");
    }
}
