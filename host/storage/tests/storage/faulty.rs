//! A storage in memory whose calls fail or are slow.

use std::sync::Arc;
use std::time::Duration;

use quidditch_storage::{MemoryStorage, SlowDown, StorageError, WriteConflict};
use quidditch_test_storage::{Call, InterceptStorage, unavailable};

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// The call takes this time, and succeeds.
    Slow(Duration),
    /// The call is not carried out.
    Refused,
    /// The call is not carried out, and the caller is asked to wait.
    SlowDown(Duration),
    /// The call is not carried out because of another conditional write.
    WriteConflict,
    /// The call is carried out, but its response is lost.
    ResponseLost,
    /// The call fails, and would fail again.
    Broken,
}

/// The first call meets the first fault, and so on; calls after the last fault succeed.
pub(crate) fn faulty(faults: impl IntoIterator<Item = Fault>) -> Arc<InterceptStorage> {
    let faults: Arc<[Fault]> = faults.into_iter().collect();
    let before = Arc::clone(&faults);
    let storage = InterceptStorage::new(Arc::new(MemoryStorage::new()))
        .before(move |call| {
            let fault = fault(&before, &call);
            async move {
                match fault {
                    None | Some(Fault::ResponseLost) => Ok(()),
                    Some(Fault::Slow(time)) => {
                        tokio::time::sleep(time).await;
                        Ok(())
                    }
                    Some(Fault::Refused) => Err(unavailable(&call)),
                    Some(Fault::SlowDown(after)) => {
                        let source = Box::new(SlowDown { after, source: "busy".into() });
                        Err(StorageError::Unavailable { key: call.key, source })
                    }
                    Some(Fault::WriteConflict) => {
                        let source = Box::new(WriteConflict { source: "conflict".into() });
                        Err(StorageError::Unavailable { key: call.key, source })
                    }
                    Some(Fault::Broken) => Err(StorageError::Failed { key: call.key, source: "broken".into() }),
                }
            }
        })
        .after(move |call| match fault(&faults, call) {
            Some(Fault::ResponseLost) => Err(unavailable(call)),
            _ => Ok(()),
        });
    Arc::new(storage)
}

fn fault(faults: &[Fault], call: &Call) -> Option<Fault> {
    faults.get(call.number as usize).copied()
}
