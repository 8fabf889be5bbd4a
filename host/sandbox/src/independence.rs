//! Checks that what is bound in the same instance of a function does not affect each other.
//!
//! The sandbox starts an instance for each binding, but a Spin app binds all clauses of all requests in one
//! instance. A component that stores its arguments in a global would return wrong results there.
//!
//! The check calls the function with sample arguments and batches. So it finds the usual mistakes, and no more than that: a function
//! that rejects all samples, or returns the same for all of them, passes.

use std::sync::Arc;
use std::time::Duration;

use quidditch_function::{
    Argument, Batch, Budget, Cause, Column, ColumnKind, ColumnRequest, Metadata, Role, accept_values, check_columns,
    check_length, check_scores,
};
use wasmtime::component::ResourceAny;

use crate::contract::ComputedColumn;
use crate::exports::{BatchCall, Exports};
use crate::failure;
use crate::guest::Guest;
use crate::linked_component::LinkedComponent;
use crate::sample;

/// The time of the whole check. 500 ms: enough for dozens of instances, and publishing a function that loops takes no longer than
/// necessary.
const TIME: Duration = Duration::from_millis(500);

/// How to fix a component that fails the check.
pub(crate) const HINT: &str = "keep all state of a bound function in its resource, and none in globals";

/// Bindings affect each other.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotIndependent {
    #[error("binding it twice in one instance changes its results")]
    ResultsChange,
    #[error("binding it twice in one instance fails: {0}")]
    Fails(Cause),
}

/// Checks a component with this metadata.
pub(crate) fn check(component: &LinkedComponent, metadata: &Metadata) -> Result<(), NotIndependent> {
    // When it is used up, all further calls fail, and the check ends without a result.
    let budget = Arc::new(Budget::new(TIME));
    let mut first_of_each_role = Vec::new();
    for role in metadata.roles.iter() {
        let samples = accepted_samples(component, role, metadata, &budget);
        if let (Some(first), Some(last)) = (samples.first(), samples.last()) {
            check_pair(component, first, last, &budget)?;
        }
        first_of_each_role.extend(samples.into_iter().next());
    }
    for pair in first_of_each_role.windows(2) {
        check_pair(component, &pair[0], &pair[1], &budget)?;
    }
    Ok(())
}

/// A clause with which the function succeeds, and its results in an instance of its own.
struct Sample {
    role: Role,
    arguments: Vec<Argument>,
    /// Of [`CALLS`] calls with the same batch.
    results: Vec<Results>,
}

const CALLS: usize = 3;

/// What a call returned. Scores are compared bit by bit.
#[derive(Debug, PartialEq)]
enum Results {
    Keep(Vec<bool>),
    Scores(Vec<u32>),
    Values(Column),
}

/// Samples with which the function succeeds. If possible, the results of the last one differ from those of all others.
fn accepted_samples(component: &LinkedComponent, role: Role, metadata: &Metadata, budget: &Arc<Budget>) -> Vec<Sample> {
    let mut accepted: Vec<Sample> = Vec::new();
    for arguments in sample::arguments(metadata) {
        let Ok(results) = results_alone(component, role, &arguments, budget) else { continue };
        let is_new = accepted.first().is_some_and(|first| first.results != results);
        accepted.push(Sample { role, arguments, results });
        if is_new {
            break;
        }
    }
    accepted
}

fn results_alone(
    component: &LinkedComponent,
    role: Role,
    arguments: &[Argument],
    budget: &Arc<Budget>,
) -> Result<Vec<Results>, Cause> {
    let mut instance = Instance::start(component, budget)?;
    let clause = instance.bind(role, arguments)?;
    (0..CALLS).map(|_| instance.call(&clause)).collect()
}

/// Binds two clauses in one instance and calls them in turn.
fn check_pair(
    component: &LinkedComponent,
    left: &Sample,
    right: &Sample,
    budget: &Arc<Budget>,
) -> Result<(), NotIndependent> {
    match results_together(component, left, right, budget) {
        Ok((of_left, of_right)) if of_left == left.results[..2] && of_right == right.results => Ok(()),
        Ok(_) => Err(NotIndependent::ResultsChange),
        // Two may need more time or memory than one.
        Err(
            Cause::TimedOut { .. }
            | Cause::OutOfMemory { .. }
            | Cause::OutOfSharedMemory { .. }
            | Cause::Unavailable(_),
        ) => Ok(()),
        Err(cause) => Err(NotIndependent::Fails(cause)),
    }
}

/// The results of two calls of the left clause and, the last of them after the left one was dropped, three calls of the right one.
fn results_together(
    component: &LinkedComponent,
    left: &Sample,
    right: &Sample,
    budget: &Arc<Budget>,
) -> Result<(Vec<Results>, Vec<Results>), Cause> {
    let mut instance = Instance::start(component, budget)?;
    let left = instance.bind(left.role, &left.arguments)?;
    let right = instance.bind(right.role, &right.arguments)?;
    let (mut of_left, mut of_right) = (Vec::new(), Vec::new());
    for _ in 1..CALLS {
        of_left.push(instance.call(&left)?);
        of_right.push(instance.call(&right)?);
    }
    instance.drop_clause(left)?;
    of_right.push(instance.call(&right)?);
    Ok((of_left, of_right))
}

/// An instance in which any number of clauses can be bound.
struct Instance<'a> {
    component: &'a LinkedComponent,
    guest: Guest,
}

/// A clause that is bound in an instance, and a batch for it.
struct BoundClause {
    resource: ResourceAny,
    call: Call,
    batch: Batch,
}

enum Call {
    Keep(BatchCall<Vec<u8>>),
    Score(BatchCall<Vec<f32>>),
    Compute(BatchCall<ComputedColumn>, ColumnKind),
}

impl<'a> Instance<'a> {
    fn start(component: &'a LinkedComponent, budget: &Arc<Budget>) -> Result<Self, Cause> {
        Ok(Instance { component, guest: component.start_without_log(budget)? })
    }

    fn exports(&self) -> &'a Exports {
        self.component.exports()
    }

    fn bind(&mut self, role: Role, arguments: &[Argument]) -> Result<BoundClause, Cause> {
        match role {
            Role::Filter => self.bind_filter(arguments),
            Role::Scorer => self.bind_scorer(arguments),
            Role::Values => self.bind_values(arguments),
        }
    }

    fn bind_filter(&mut self, arguments: &[Argument]) -> Result<BoundClause, Cause> {
        let filter = self.exports().filter.ok_or_else(|| Cause::missing_role(Role::Filter))?;
        let returned = self.guest.call(|store, instance| filter.binding.bind(store, instance, arguments))?;
        let resource = returned.map_err(|error| failure::reported(error, self.component.limits()))?;
        let columns = self.guest.call(|store, instance| filter.binding.columns(store, instance, resource))?;
        let call = self.guest.call(|store, instance| filter.keep(store, instance))?;
        let batch = self.batch(columns.into_iter().map(Into::into).collect())?;
        Ok(BoundClause { resource, call: Call::Keep(call), batch })
    }

    fn bind_scorer(&mut self, arguments: &[Argument]) -> Result<BoundClause, Cause> {
        let scorer = self.exports().scorer.ok_or_else(|| Cause::missing_role(Role::Scorer))?;
        let returned = self.guest.call(|store, instance| scorer.binding.bind(store, instance, arguments))?;
        let resource = returned.map_err(|error| failure::reported(error, self.component.limits()))?;
        let columns = self.guest.call(|store, instance| scorer.binding.columns(store, instance, resource))?;
        let needs_score = self.guest.call(|store, instance| scorer.needs_score(store, instance, resource))?;
        let call = self.guest.call(|store, instance| scorer.score(store, instance))?;
        let mut batch = self.batch(columns.into_iter().map(Into::into).collect())?;
        if needs_score {
            batch.scores = sample::scores();
        }
        Ok(BoundClause { resource, call: Call::Score(call), batch })
    }

    fn bind_values(&mut self, arguments: &[Argument]) -> Result<BoundClause, Cause> {
        let values = self.exports().values.ok_or_else(|| Cause::missing_role(Role::Values))?;
        let returned = self.guest.call(|store, instance| values.binding.bind(store, instance, arguments))?;
        let resource = returned.map_err(|error| failure::reported(error, self.component.limits()))?;
        let columns = self.guest.call(|store, instance| values.binding.columns(store, instance, resource))?;
        let kind = self.guest.call(|store, instance| values.kind(store, instance, resource))?;
        let call = self.guest.call(|store, instance| values.compute(store, instance))?;
        let batch = self.batch(columns.into_iter().map(Into::into).collect())?;
        Ok(BoundClause { resource, call: Call::Compute(call, kind.into()), batch })
    }

    fn batch(&self, columns: Vec<ColumnRequest>) -> Result<Batch, Cause> {
        check_columns(&columns, &self.component.limits().output)?;
        Ok(sample::batch(&columns))
    }

    fn call(&mut self, clause: &BoundClause) -> Result<Results, Cause> {
        let BoundClause { resource, call, batch } = clause;
        let limits = self.component.limits();
        match call {
            Call::Keep(call) => {
                let returned = self.guest.call(|store, _| call.call(store, *resource, batch))?;
                let keep = returned.map_err(|error| failure::reported(error, limits))?;
                check_length(keep.len(), batch.len)?;
                Ok(Results::Keep(keep.into_iter().map(|keep| keep != 0).collect()))
            }
            Call::Score(call) => {
                let returned = self.guest.call(|store, _| call.call(store, *resource, batch))?;
                let scores = returned.map_err(|error| failure::reported(error, limits))?;
                check_length(scores.len(), batch.len)?;
                check_scores(&scores)?;
                Ok(Results::Scores(scores.into_iter().map(f32::to_bits).collect()))
            }
            Call::Compute(call, kind) => {
                let returned = self.guest.call(|store, _| call.call(store, *resource, batch))?;
                let mut values = Column::from(returned.map_err(|error| failure::reported(error, limits))?);
                accept_values(&mut values, *kind, batch.len)?;
                Ok(Results::Values(values))
            }
        }
    }

    fn drop_clause(&mut self, clause: BoundClause) -> Result<(), Cause> {
        self.guest.call(|store, _| clause.resource.resource_drop(store))
    }
}
