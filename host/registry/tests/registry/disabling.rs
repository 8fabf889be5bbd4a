//! Disabling versions and functions.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_function::error_chain;
use quidditch_registry::Registry;

use crate::world::{FakeLoader, World};
use crate::{find, publish, trusting};

fn with_versions(versions: &[&str]) -> (World, Registry) {
    let world = World::new();
    let registry = world.other();
    for version in versions {
        publish(&registry, "f", version, "one").expect("is published");
    }
    (world, registry)
}

#[test]
fn a_disabled_version_is_found_and_not_called() {
    let (world, registry) = with_versions(&["1.0.0", "1.1.0"]);
    block_on(registry.disable("f", Some("1.1.0"), Some("use 1.0.0"), None)).expect("it is published");
    insta::assert_snapshot!(find(&registry, "f", None), @"function f@1.1.0 failed to load: the function is disabled: use 1.0.0");
    assert_eq!(find(&registry, "f", Some("1.0.0")), "f@1.0.0: one", "the other version is called");
    let there = world.other();
    block_on(registry.disable("f", Some("1.1.0"), None, None)).expect("it is published");
    insta::assert_snapshot!(find(&there, "f", Some("^1")), @"function f@1.1.0 failed to load: the function is disabled");
    assert!(block_on(registry.enable("f", Some("1.1.0"))).expect("it is published"));
    assert!(!block_on(registry.enable("f", Some("1.1.0"))).expect("it is published"), "it is not any more");
    assert_eq!(find(&registry, "f", None), "f@1.1.0: one");
    world.pass(4);
    find(&there, "f", None);
    world.pass(1);
    assert_eq!(find(&there, "f", None), "f@1.1.0: one");
}

#[test]
fn the_code_of_a_disabled_function_is_not_loaded() {
    let (world, registry) = with_versions(&["1.0.0"]);
    block_on(registry.disable("f", Some("1.0.0"), None, None)).expect("it is published");
    let loader = Arc::new(FakeLoader::new());
    let there = world.registry(&loader, trusting());
    find(&there, "f", None);
    assert!(loader.calls().is_empty());
    let before = world.storage.counts();
    find(&there, "f", None);
    assert_eq!((world.storage.counts() - before).gets, 0, "why it is disabled is not read again");
}

#[test]
fn all_versions_of_a_function_are_disabled_together() {
    let (world, registry) = with_versions(&["1.0.0"]);
    block_on(registry.disable("f", None, Some("it is wrong"), Some("ada".to_owned()))).expect("it is published");
    publish(&registry, "f", "2.0.0", "two").expect("is published");
    publish(&registry, "g", "1.0.0", "one").expect("is published");
    for version in ["1.0.0", "2.0.0"] {
        assert!(find(&registry, "f", Some(version)).ends_with("the function is disabled: it is wrong"));
    }
    assert_eq!(find(&registry, "g", None), "g@1.0.0: one");
    let listed = block_on(registry.list()).expect("can be listed");
    let by = |index: usize| {
        let state = &listed[index].as_ref().expect("readable").state;
        state.disabled().and_then(|disabled| disabled.by.clone())
    };
    assert_eq!([by(0), by(1), by(2)], [Some("ada".to_owned()), Some("ada".to_owned()), None]);
    assert!(
        !block_on(registry.enable("f", Some("1.0.0"))).expect("it is published"),
        "the version itself is not disabled"
    );
    assert!(block_on(registry.enable("f", None)).expect("it is published"));
    assert_eq!(find(&registry, "f", None), "f@2.0.0: two");
    assert!(world.keys("disabled.json").is_empty());
}

#[test]
fn only_published_functions_are_disabled() {
    let (_, registry) = with_versions(&["1.0.0"]);
    let refused = |name: &str, version: Option<&str>, reason: Option<&str>| {
        error_chain(&block_on(registry.disable(name, version, reason, None)).expect_err("is refused"))
    };
    insta::assert_snapshot!(refused("g", None, None), @"function g failed to load: unknown function [g], published: [f]");
    insta::assert_snapshot!(refused("../f", None, None), @"function ../f failed to load: unknown function [../f], published: [f]");
    insta::assert_snapshot!(refused("f", Some("2.0.0"), None), @"function f@2.0.0 failed to load: unknown version [2.0.0], published: [1.0.0]");
    insta::assert_snapshot!(refused("f", None, Some(" ")), @"invalid note: it is empty");
    insta::assert_snapshot!(error_chain(&block_on(registry.enable("g", None)).expect_err("is refused")), @"function g failed to load: unknown function [g], published: [f]");
}
