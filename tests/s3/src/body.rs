//! Bodies that are sent slowly, stop, or end too early.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use tokio::time::sleep;

/// The body of a response.
pub(crate) type ResponseBody = UnsyncBoxBody<Bytes, io::Error>;

/// How long a connection stays open before it is cut, so that all bytes arrive.
const TIME_TO_ARRIVE: Duration = Duration::from_millis(30);

/// How a body is sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sending {
    /// `None` for all bytes at once.
    pub(crate) bytes_per_second: Option<u64>,
    /// After how many bytes it stops, and for how long.
    pub(crate) stall: Option<(usize, Duration)>,
    /// After how many bytes the connection ends.
    pub(crate) cut: Option<usize>,
}

enum Step {
    Send(Bytes),
    Wait(Duration),
    Cut,
}

impl Sending {
    pub(crate) fn body(self, bytes: Bytes) -> ResponseBody {
        if self.bytes_per_second.is_none() && self.stall.is_none() && self.cut.is_none() {
            return Full::new(bytes).map_err(|never| match never {}).boxed_unsync();
        }
        let frames = self.play(bytes).map(|bytes| bytes.map(Frame::data));
        StreamBody::new(frames).boxed_unsync()
    }

    /// The steps of sending the body.
    fn steps(self, mut bytes: Bytes) -> Vec<Step> {
        let mut steps = Vec::new();
        let end = self.cut.unwrap_or(bytes.len()).min(bytes.len());
        bytes.truncate(end);
        if let Some((after, time)) = self.stall {
            let before = bytes.split_to(after.min(bytes.len()));
            self.send(before, &mut steps);
            steps.push(Step::Wait(time));
        }
        self.send(bytes, &mut steps);
        if self.cut.is_some() {
            steps.extend([Step::Wait(TIME_TO_ARRIVE), Step::Cut]);
        }
        steps
    }

    fn send(self, mut bytes: Bytes, steps: &mut Vec<Step>) {
        let Some(rate) = self.bytes_per_second else {
            return steps.push(Step::Send(bytes));
        };
        while !bytes.is_empty() {
            let piece = bytes.split_to(piece_bytes(rate).min(bytes.len()));
            steps.extend([Step::Wait(time_for(piece.len(), rate)), Step::Send(piece)]);
        }
    }

    fn play(self, bytes: Bytes) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        stream::iter(self.steps(bytes)).filter_map(|step| async {
            match step {
                Step::Send(bytes) => Some(Ok(bytes)),
                Step::Wait(time) => {
                    sleep(time).await;
                    None
                }
                Step::Cut => Some(Err(io::ErrorKind::ConnectionReset.into())),
            }
        })
    }
}

/// Reads the body of a request at no more than this rate.
pub(crate) async fn read_slowly(mut body: Incoming, bytes_per_second: u64) -> io::Result<Bytes> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(io::Error::other)?.into_data() else { continue };
        sleep(time_for(data.len(), bytes_per_second)).await;
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.freeze())
}

/// The size of the pieces that are sent at this rate: twenty per second.
fn piece_bytes(bytes_per_second: u64) -> usize {
    (bytes_per_second / 20).max(1) as usize
}

fn time_for(bytes: usize, bytes_per_second: u64) -> Duration {
    Duration::from_secs_f64(bytes as f64 / bytes_per_second as f64)
}
