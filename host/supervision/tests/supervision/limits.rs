//! Limits on instances and calls, and functions that are disabled.

use std::num::NonZeroU32;
use std::time::Duration;

use quidditch_supervision::SupervisionSettings;

use crate::world::{Call, World, budget, chain};

#[test]
fn a_function_has_so_many_instances_at_a_time() {
    let world = World::with(SupervisionSettings { max_instances: 2, ..SupervisionSettings::default() });
    let bind = |name: &str| world.find(name).bind_filter(&[], &budget());
    let first = bind("f").expect("one of two");
    let _second = bind("f").expect("at the limit");
    let refused = bind("f").map(|_| ()).map_err(chain).expect_err("one over it");
    insta::assert_snapshot!(refused, @"function f@0.0.0 failed to bind: all 2 instances that the function may have at a time are in use; retry later");
    assert_eq!((world.statistics().0.instances, world.errors()), (2, vec![("too_many_instances", 1)]));
    bind("g").expect("another function has its own");
    drop(first);
    bind("f").expect("one is free again");
    assert_eq!(world.statistics().1.instances_made, 3);
}

#[test]
fn a_function_is_called_so_often_in_a_second() {
    let limit = NonZeroU32::new(2);
    let world = World::with(SupervisionSettings { max_calls_per_second: limit, ..SupervisionSettings::default() });
    let bind = || world.find("f").bind_filter(&[], &budget()).map(|_| ()).map_err(chain);
    bind().expect("one of two");
    bind().expect("at the limit");
    insta::assert_snapshot!(bind().expect_err("one over it"), @"function f@0.0.0 failed to bind: the function is called more often than 2 times a second; retry later");
    assert_eq!((world.statistics().1.clauses, world.errors()), (3, vec![("too_many_calls", 1)]));
    world.clock.advance(Duration::from_millis(500));
    bind().expect("half a second is time for one");
    bind().expect_err("and not for two");
}

#[test]
fn the_instances_of_one_search_are_one_call() {
    let limit = NonZeroU32::new(1);
    let world = World::with(SupervisionSettings { max_calls_per_second: limit, ..SupervisionSettings::default() });
    let function = world.find("f");
    for _ in 0..5 {
        function.bind_filter(&[], &budget()).expect("another worker of the same search");
    }
    assert!(world.find("f").bind_filter(&[], &budget()).is_err());
}

#[test]
fn a_disabled_function_is_not_called() {
    let disabled = vec!["f@0.0.0".parse().expect("a function"), "g@1.0.0".parse().expect("a function")];
    let world = World::with(SupervisionSettings { disabled, ..SupervisionSettings::default() });
    insta::assert_snapshot!(world.call(Call::Succeeds).expect_err("it is disabled"), @"function f@0.0.0 failed to bind: the function is disabled on this host");
    assert!(world.statistics().0.is_disabled);
    assert_eq!((world.statistics().1.calls, world.errors()), (0, vec![("disabled", 1)]));
    world.find("g").bind_filter(&[], &budget()).expect("another version of it is disabled");
}
