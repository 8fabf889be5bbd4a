//! Yanking and deprecating versions.

use futures::executor::block_on;
use quidditch_function::{Deprecated, FunctionResolver, VersionState, Yanked, error_chain};
use quidditch_registry::Registry;
use quidditch_storage::{Precondition, Storage};

use crate::world::World;
use crate::{find, publish};

fn by_ada() -> Option<String> {
    Some("ada".to_owned())
}

fn yank(registry: &Registry, version: &str) -> bool {
    block_on(registry.yank("f", version, by_ada())).expect("it is published")
}

fn deprecate(registry: &Registry, version: &str, note: &str) {
    block_on(registry.deprecate("f", version, note, None)).expect("it is published");
}

fn state(registry: &Registry, version: &str) -> VersionState {
    block_on(registry.show("f", Some(version))).expect("it is published").state
}

/// What callers of a version are told.
fn note(registry: &Registry, version: Option<&str>) -> Option<String> {
    let function = block_on(registry.find("f", version)).unwrap_or_else(|error| panic!("{}", error_chain(&error)));
    function.deprecation().map(str::to_owned)
}

fn with_versions(versions: &[&str]) -> (World, Registry) {
    let world = World::new();
    let registry = world.other();
    for version in versions {
        publish(&registry, "f", version, "one").expect("is published");
    }
    (world, registry)
}

#[test]
fn a_requirement_finds_the_highest_version_that_matches() {
    let (_, registry) = with_versions(&["1.2.0", "1.3.0", "2.0.0"]);
    assert_eq!(find(&registry, "f", Some("^1.2")), "f@1.3.0: one");
    assert_eq!(find(&registry, "f", Some("~1.2")), "f@1.2.0: one");
    insta::assert_snapshot!(find(&registry, "f", Some("^3")), @"function f@^3 failed to load: no version matches [^3], published: [1.2.0], [1.3.0], [2.0.0]");
    insta::assert_snapshot!(find(&registry, "f", Some("newest")), @"function f@newest failed to load: invalid version [newest], must be a version such as 1.0.0, or a requirement such as ^1.2");
}

#[test]
fn a_requirement_finds_what_others_publish_later() {
    let (world, here) = with_versions(&["1.0.0"]);
    let there = world.other();
    assert_eq!(find(&there, "f", Some("^1")), "f@1.0.0: one");
    publish(&here, "f", "2.0.0", "two").expect("is published");
    assert_eq!(find(&there, "f", Some("^2")), "f@2.0.0: two", "nothing in the cached list matches");
    publish(&here, "f", "2.1.0", "three").expect("is published");
    assert_eq!(find(&there, "f", Some("^2")), "f@2.0.0: two", "the list is cached");
    world.pass(5);
    assert_eq!(find(&there, "f", Some("^2")), "f@2.1.0: three");
}

#[test]
fn a_yanked_version_is_found_only_by_its_exact_version() {
    let (world, registry) = with_versions(&["1.0.0", "1.1.0"]);
    assert!(yank(&registry, "1.1.0"));
    assert!(!yank(&registry, "1.1.0"), "it is already");
    assert_eq!(find(&registry, "f", None), "f@1.0.0: one");
    assert_eq!(find(&registry, "f", Some("^1")), "f@1.0.0: one");
    assert_eq!(find(&registry, "f", Some("1.1.0")), "f@1.1.0: one");
    assert!(yank(&registry, "1.0.0"));
    insta::assert_snapshot!(find(&registry, "f", None), @"function f failed to load: all releases are yanked ([1.0.0] (yanked), [1.1.0] (yanked)), name one exactly to call it");
    insta::assert_snapshot!(find(&registry, "f", Some("^1")), @"function f@^1 failed to load: no version matches [^1], published: [1.0.0] (yanked), [1.1.0] (yanked)");

    let unix_millis = state(&registry, "1.1.0").yanked.expect("it is yanked").unix_millis;
    assert_eq!(
        state(&registry, "1.1.0"),
        VersionState { yanked: Some(Yanked { unix_millis, by: by_ada() }), ..VersionState::default() }
    );
    assert!(block_on(registry.unyank("f", "1.1.0")).expect("it is published"));
    assert!(!block_on(registry.unyank("f", "1.1.0")).expect("it is published"), "it is not any more");
    assert_eq!(find(&registry, "f", None), "f@1.1.0: one");
    assert_eq!(world.keys("yanked.json"), ["functions/f/1.0.0/yanked.json"]);
}

#[test]
fn other_processes_see_a_yank_when_their_list_is_old() {
    let (world, here) = with_versions(&["1.0.0", "1.1.0"]);
    let there = world.other();
    assert_eq!(find(&there, "f", None), "f@1.1.0: one");
    yank(&here, "1.1.0");
    world.pass(4);
    assert_eq!(find(&there, "f", None), "f@1.1.0: one");
    world.pass(1);
    assert_eq!(find(&there, "f", None), "f@1.0.0: one");
}

#[test]
fn callers_of_a_deprecated_version_are_told() {
    let (world, registry) = with_versions(&["1.0.0", "1.1.0"]);
    deprecate(&registry, "1.1.0", "use g");
    assert_eq!(note(&registry, None).as_deref(), Some("use g"));
    assert_eq!(note(&registry, Some("1.0.0")), None);
    let there = world.other();
    assert_eq!(note(&there, None).as_deref(), Some("use g"));
    deprecate(&registry, "1.1.0", "use h");
    assert_eq!(note(&registry, None).as_deref(), Some("use h"));
    world.pass(5);
    assert_eq!(note(&there, None).as_deref(), Some("use h"));
    let deprecated = state(&registry, "1.1.0").deprecated.expect("it is deprecated");
    assert_eq!(deprecated, Deprecated { note: "use h".to_owned(), by: None, ..deprecated.clone() });
    assert!(block_on(registry.undeprecate("f", "1.1.0")).expect("it is published"));
    assert_eq!(note(&registry, None), None);
    assert!(!block_on(registry.undeprecate("f", "1.1.0")).expect("it is published"), "it is not any more");
}

#[test]
fn finding_a_deprecated_version_again_reads_nothing() {
    let (world, registry) = with_versions(&["1.0.0"]);
    deprecate(&registry, "1.0.0", "use g");
    let there = world.other();
    note(&there, None);
    let before = world.storage.counts();
    note(&there, None);
    assert_eq!((world.storage.counts() - before).gets, 0);
    world.pass(5);
    note(&there, None);
    let refreshed = world.storage.counts() - before;
    assert_eq!((refreshed.lists, refreshed.gets), (1, 0), "only the versions are listed again");
}

#[test]
fn only_published_versions_change() {
    let (world, registry) = with_versions(&["1.0.0"]);
    let refused = |version: &str| error_chain(&block_on(registry.yank("f", version, None)).expect_err("is refused"));
    insta::assert_snapshot!(refused("1.1.0"), @"function f@1.1.0 failed to load: unknown version [1.1.0], published: [1.0.0]");
    insta::assert_snapshot!(refused("^1"), @"invalid version [^1], must be a semantic version such as 1.0.0: unexpected character '^' while parsing major version number");
    let unknown = block_on(registry.deprecate("g", "1.0.0", "use f", None)).expect_err("is refused");
    insta::assert_snapshot!(error_chain(&unknown), @"function g@1.0.0 failed to load: unknown function [g], published: [f]");
    let there = world.other();
    assert_eq!(find(&there, "f", None), "f@1.0.0: one");
    block_on(registry.delete("f", "1.0.0")).expect("is deleted");
    let gone = block_on(there.yank("f", "1.0.0", None)).expect_err("it is in the cached list only");
    insta::assert_snapshot!(error_chain(&gone), @"function f@1.0.0 failed to load: unknown function [f], no functions are published");
    assert!(world.keys("").is_empty());
}

#[test]
fn a_version_is_listed_with_what_has_become_of_it() {
    let (world, registry) = with_versions(&["1.0.0", "1.1.0", "1.2.0"]);
    yank(&registry, "1.1.0");
    deprecate(&registry, "1.1.0", "use g");
    let listed = block_on(registry.list()).expect("can be listed");
    let states: Vec<_> = listed.iter().map(|version| version.as_ref().expect("readable").state.clone()).collect();
    assert_eq!(states, [VersionState::default(), state(&registry, "1.1.0"), VersionState::default()]);
    assert!(states[1].yanked.is_some() && states[1].deprecated.is_some());

    let key = "functions/f/1.1.0/deprecated.json";
    block_on(world.storage.put(key, "{".into(), Precondition::None)).expect("memory does not fail");
    let listed = block_on(registry.list()).expect("can be listed");
    let damaged = listed[1].as_ref().expect_err("it cannot be read");
    insta::assert_snapshot!(error_chain(damaged), @"the deprecation of function f@1.1.0 is damaged: EOF while parsing an object at line 1 column 1");
    assert!(listed[0].is_ok() && listed[2].is_ok());
}
