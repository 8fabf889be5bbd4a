//! Work that no request waits for.

use futures::future::BoxFuture;
use quidditch_writes::Background;
use tokio::runtime::Handle;

/// Runs work on threads that may block.
pub(super) struct BlockingThreads(pub(super) Handle);

impl Background for BlockingThreads {
    fn spawn(&self, work: BoxFuture<'static, ()>) {
        let handle = self.0.clone();
        self.0.spawn_blocking(move || handle.block_on(work));
    }
}
