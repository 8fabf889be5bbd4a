//! Runs tasks on the threads of an executor.

use std::sync::{Mutex, PoisonError};

use tantivy::Executor;

/// Runs `task` for each item, and returns the results in the order of the items.
///
/// The executor sees tasks of one type, whatever they return: its code for threads would otherwise be compiled once for each
/// collector, also for targets that have no threads.
pub(super) fn run_each<T: Sync, R: Send>(
    executor: &Executor,
    items: &[T],
    task: impl Fn(&T) -> R + Sync,
) -> tantivy::Result<Vec<R>> {
    if items.len() == 1 || matches!(executor, Executor::SingleThread) {
        return Ok(items.iter().map(task).collect());
    }
    let results = Mutex::new(Vec::with_capacity(items.len()));
    let run = |index: usize| {
        let result = task(&items[index]);
        results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        Ok(())
    };
    let run: &(dyn Fn(usize) -> tantivy::Result<()> + Sync) = &run;
    executor.map(run, 0..items.len())?;
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_the_order_of_the_items() {
        let items: Vec<u64> = (0..100).collect();
        let doubled: Vec<u64> = items.iter().map(|item| item * 2).collect();
        let pool = Executor::multi_thread(3, "test-").expect("starts threads");
        for executor in [Executor::SingleThread, pool] {
            let results = run_each(&executor, &items, |item| {
                std::thread::sleep(std::time::Duration::from_micros(100 - item));
                item * 2
            });
            assert_eq!(results.expect("no task fails"), doubled);
        }
    }
}
