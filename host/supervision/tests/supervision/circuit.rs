//! The circuit breaker, as the calls of functions see it.

use std::time::Duration;

use quidditch_supervision::CircuitState;

use crate::world::{Call, FUNCTION_TIME, PAUSE, World, budget, keep};

fn state(world: &World) -> CircuitState {
    world.statistics().0.circuit
}

#[test]
fn a_function_that_traps_in_a_row_is_not_called_for_a_while() {
    let world = World::new();
    for _ in 0..2 {
        world.call(Call::Traps).expect_err("it traps");
    }
    assert_eq!(state(&world), CircuitState::Closed);
    world.call(Call::Traps).expect_err("it traps");
    assert_eq!(state(&world), CircuitState::Open);
    let (calls, refusal) = (world.statistics().1.calls, world.call(Call::Succeeds).expect_err("the circuit is open"));
    insta::assert_snapshot!(refusal, @"function f@0.0.0 failed to bind: the function is not called for 30 s more, since it failed in 3 searches in a row; the last failure: the function trapped: out of bounds");
    assert_eq!((world.statistics().1.calls, world.errors()), (calls, vec![("trapped", 3), ("circuit_open", 1)]));
    assert!(world.find("g").bind_filter(&[], &budget()).is_ok(), "another function is called");

    world.clock.advance(PAUSE - Duration::from_nanos(1));
    assert!(world.call(Call::Succeeds).is_err());
    world.clock.advance(Duration::from_nanos(1));
    world.call(Call::Succeeds).expect("the trial");
    assert_eq!((state(&world), world.statistics().0.times_opened), (CircuitState::Closed, 1));
    world.call(Call::Succeeds).expect("it is called again");
}

#[test]
fn a_loop_opens_the_circuit_and_a_failed_trial_opens_it_again() {
    let world = World::new();
    for _ in 0..3 {
        world.call(Call::Loops).expect_err("it is stopped");
    }
    assert_eq!(state(&world), CircuitState::Open);
    world.clock.advance(PAUSE);
    world.call(Call::Loops).expect_err("the trial fails");
    assert_eq!((state(&world), world.statistics().0.times_opened), (CircuitState::Open, 2));
    assert!(world.call(Call::Succeeds).is_err());
}

#[test]
fn one_search_counts_once_however_many_instances_fail() {
    let world = World::new();
    let function = world.find("f");
    for _ in 0..10 {
        let mut instance = function.bind_filter(&[], &budget()).expect("bound");
        keep(&mut *instance, Call::Traps).expect_err("it traps");
    }
    assert_eq!((state(&world), world.errors()), (CircuitState::Closed, vec![("trapped", 10)]));
    // Neither do those of its calls that succeed make it a success.
    let mut instance = function.bind_filter(&[], &budget()).expect("bound");
    keep(&mut *instance, Call::Succeeds).expect("succeeds");
    drop((instance, function));
    for _ in 0..2 {
        world.call(Call::Traps).expect_err("it traps");
    }
    assert_eq!(state(&world), CircuitState::Open);
}

#[test]
fn errors_that_a_function_returns_do_not_open_the_circuit() {
    let world = World::new();
    for _ in 0..10 {
        world.call(Call::Fails).expect_err("it fails");
    }
    assert_eq!(state(&world), CircuitState::Closed);
}

#[test]
fn a_function_is_not_blamed_for_the_time_that_others_used() {
    let world = World::new();
    for _ in 0..10 {
        let budget = budget();
        budget.spend(FUNCTION_TIME);
        world.call_with(Call::Stops, &budget).expect_err("no time is left");
    }
    assert_eq!((state(&world), world.errors()), (CircuitState::Closed, vec![("timed_out", 10)]));
}

#[test]
fn searches_that_do_not_reach_the_function_do_not_close_the_circuit() {
    let world = World::new();
    for _ in 0..3 {
        world.call(Call::Traps).expect_err("it traps");
    }
    world.clock.advance(PAUSE);
    drop(world.find("f").bind_filter(&[], &budget()).expect("the trial"));
    assert_eq!(state(&world), CircuitState::Open);
    world.call(Call::Succeeds).expect("another trial, at once");
    assert_eq!(state(&world), CircuitState::Closed);
}
