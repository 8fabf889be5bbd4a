//! Statistics.

use std::time::Duration;

use quidditch_function::{Batch, Role};
use quidditch_supervision::CircuitState;

use crate::world::{Call, World, budget, keep};

#[test]
fn calls_are_counted_and_timed_when_an_instance_ends() {
    let world = World::new();
    let function = world.find("f");
    let mut first = function.bind_filter(&[], &budget()).expect("bound");
    let mut second = function.bind_filter(&[], &budget()).expect("bound");
    for _ in 0..3 {
        keep(&mut *first, Call::Succeeds).expect("succeeds");
    }
    keep(&mut *second, Call::Succeeds).expect("succeeds");
    assert_eq!((world.statistics().0.instances, world.statistics().1.calls), (2, 0));
    drop((first, second));
    let (version, role) = world.statistics();
    assert_eq!((version.function.to_string().as_str(), version.circuit), ("f@0.0.0", CircuitState::Closed));
    assert_eq!((version.instances, role.instances_made, role.instances_reused), (0, 2, 2));
    assert_eq!((role.clauses, role.calls, role.documents, role.errors.len()), (1, 4, 40, 0));
    assert_eq!(role.time.total_nanos, 4_000_000);
    for nanos in [role.time.p50_nanos, role.time.p90_nanos, role.time.p99_nanos, role.time.max_nanos] {
        assert!((990_000..=1_010_000).contains(&nanos), "{nanos}");
    }
}

#[test]
fn many_calls_are_added_before_the_instance_ends() {
    let world = World::new();
    let mut filter = world.find("f").bind_filter(&[], &budget()).expect("bound");
    for _ in 0..257 {
        keep(&mut *filter, Call::Succeeds).expect("succeeds");
    }
    assert_eq!((world.statistics().1.calls, world.statistics().1.instances_reused), (256, 255));
    drop(filter);
    assert_eq!((world.statistics().1.calls, world.statistics().1.instances_reused), (257, 256));
    assert_eq!(world.statistics().1.time.counts.iter().map(|(_, count)| count).sum::<u64>(), 257);
}

#[test]
fn each_role_and_each_function_has_its_own() {
    let world = World::new();
    world.call(Call::Succeeds).expect("succeeds");
    let mut scorer = world.find("s").bind_scorer(&[], &budget()).expect("bound");
    assert!(scorer.needs_score() && scorer.columns().is_empty());
    assert_eq!(scorer.max_score(3.0).expect("no bound"), f32::INFINITY);
    let mut scores = Vec::new();
    scorer.score(&Batch { len: 2, ..Batch::default() }, &mut scores).expect("succeeds");
    drop(scorer);
    assert_eq!(scores, [1.0, 1.0]);
    let all = world.supervisor.statistics();
    let shown: Vec<(&str, Role, u64)> = all
        .iter()
        .flat_map(|version| {
            version.roles.iter().map(move |(role, of)| (version.function.name.as_str(), *role, of.documents))
        })
        .collect();
    assert_eq!(shown, [("f", Role::Filter, 10), ("s", Role::Scorer, 2)]);
}

#[test]
fn failures_are_counted_by_kind() {
    let world = World::new();
    for call in [Call::Fails, Call::Traps, Call::Fails, Call::Succeeds] {
        assert_eq!(world.call(call).is_ok(), matches!(call, Call::Succeeds));
    }
    assert!(world.find("f").bind_scorer(&[], &budget()).is_err());
    assert_eq!(world.errors(), [("failed", 2), ("trapped", 1)]);
    let version = world.statistics().0;
    let as_scorer = &version.roles.iter().find(|(role, _)| *role == Role::Scorer).expect("it was tried").1;
    assert_eq!((as_scorer.calls, as_scorer.errors[0].kind.name()), (0, "unusable"));
}

#[test]
fn a_function_that_is_stopped_with_its_search_has_not_failed() {
    let world = World::new();
    let budget = budget();
    let mut filter = world.find("f").bind_filter(&[], &budget).expect("bound");
    // There is function time left: it was the time of the search that was up.
    keep(&mut *filter, Call::Loops).expect_err("stopped");
    drop(filter);
    assert_eq!((world.errors(), world.statistics().1.calls), (vec![], 1));
    assert_eq!(world.statistics().1.time.total_nanos, Duration::from_secs(2).as_nanos() as u64);
}
