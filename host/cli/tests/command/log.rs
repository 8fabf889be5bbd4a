//! Logging to standard error.

use crate::fixture::{Installation, client};

#[test]
fn logs_have_no_colour_codes_when_standard_error_is_not_a_terminal() {
    let installation = Installation::with_cities();
    let mut server = installation.serve_with(&["-v"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        client().get(format!("{}/_health", server.url)).send().await.expect("the server answers");
    });
    let log = server.stop();
    assert!(log.contains("request answered") && log.contains("/_health"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log:?}");
}
