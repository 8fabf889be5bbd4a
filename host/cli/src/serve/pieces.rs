//! The body of a request as pieces that arrive one after another.

use std::time::{Duration, Instant};

use futures::stream::unfold;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use quidditch_service::{PieceError, Pieces};
use tokio::sync::oneshot::{Receiver, Sender, channel};

/// A body that is read in pieces. When this is dropped, the unread rest is sent back.
struct Arriving {
    body: Option<Incoming>,
    rest: Option<Sender<Incoming>>,
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if let (Some(body), Some(rest)) = (self.body.take(), self.rest.take()) {
            // The receiver may have been dropped.
            let _ = rest.send(body);
        }
    }
}

/// The pieces of a body, and the unread rest of it after they are dropped. `timeout` limits the total time spent waiting for pieces; the
/// time spent working on them does not count.
pub(super) fn pieces(body: Incoming, timeout: Duration) -> (Pieces, Receiver<Incoming>) {
    let (sender, rest) = channel();
    let arriving = Arriving { body: Some(body), rest: Some(sender) };
    let pieces = unfold((arriving, timeout), |(mut arriving, left)| async move {
        #[expect(clippy::disallowed_methods, reason = "as the timeouts of connections")]
        let start = Instant::now();
        let frame = match tokio::time::timeout(left, arriving.body.as_mut()?.frame()).await {
            Ok(None) => return None,
            Ok(Some(frame)) => frame.map_err(|error| PieceError::Interrupted(Box::new(error))),
            Err(_) => Err(PieceError::TimedOut),
        };
        // Trailers are not part of the body.
        let piece = frame.map(|frame| frame.into_data().unwrap_or_default());
        Some((piece, (arriving, left.saturating_sub(start.elapsed()))))
    });
    (Box::pin(pieces), rest)
}
