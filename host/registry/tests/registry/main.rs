//! A registry over a store in memory, with a fake loader.

mod disabling;
mod lifecycle;
mod listing;
mod names;
mod signatures;
mod world;

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_clock::ManualClock;
use quidditch_function::{Cause, FunctionCatalog, FunctionResolver, Provenance, Target, error_chain};
use quidditch_registry::{Publication, Published, Registry, RegistryError, Settings, Trust};
use quidditch_storage::{MemoryStorage, Precondition, Storage, StorageError};
use quidditch_test_storage::{InterceptStorage, unavailable};
use world::{FakeLoader, World};

fn trusting() -> Settings {
    Settings { trust: Trust { unsigned_code: true, ..Trust::default() }, ..Settings::default() }
}

fn publish(
    registry: &Registry,
    name: &str,
    version: &str,
    component: &'static str,
) -> Result<Published, RegistryError> {
    block_on(registry.publish(&Publication {
        name: name.to_owned(),
        version: version.to_owned(),
        component: component.into(),
        provenance: provenance(),
    }))
}

fn provenance() -> Provenance {
    Provenance { published_unix_millis: 1_000, published_by: Some("ada".to_owned()), published_from: None }
}

/// `name@version: summary`, or the error with its sources.
fn find(registry: &Registry, name: &str, version: Option<&str>) -> String {
    match block_on(registry.find(name, version)) {
        Ok(function) => format!("{}: {}", function.metadata().id, function.metadata().summary),
        Err(error) => error_chain(&error),
    }
}

#[test]
fn published_functions_are_found_listed_and_shown() {
    let world = World::new();
    let registry = world.other();
    assert!(publish(&registry, "f", "1.0.0", "one").expect("is published").new);
    publish(&registry, "f", "1.10.0", "ten").expect("is published");
    publish(&registry, "f", "1.9.0", "nine").expect("is published");
    publish(&registry, "f", "2.0.0-rc.1", "soon").expect("is published");
    publish(&registry, "e", "0.1.0", "early").expect("is published");

    assert_eq!(find(&registry, "f", None), "f@1.10.0: ten");
    assert_eq!(find(&registry, "f", Some("1.9.0")), "f@1.9.0: nine");
    assert_eq!(find(&registry, "f", Some("2.0.0-rc.1")), "f@2.0.0-rc.1: soon");
    assert_eq!(block_on(registry.show("f", None)).expect("is there").record.version.to_string(), "1.10.0");
    let listed = block_on(registry.list()).expect("can be listed");
    let listed: Vec<_> =
        listed.iter().map(|version| version.as_ref().expect("readable").record.id().to_string()).collect();
    assert_eq!(listed, ["e@0.1.0", "f@1.0.0", "f@1.9.0", "f@1.10.0", "f@2.0.0-rc.1"]);
}

#[test]
fn a_record_is_read_once_for_all_listings() {
    let world = World::new();
    let registry = world.other();
    for version in ["1.0.0", "1.1.0"] {
        publish(&registry, "f", version, "one").expect("is published");
    }
    let listing = world.other();
    let reads = || {
        let before = world.storage.counts().gets;
        assert_eq!(block_on(listing.list()).expect("can be listed").len(), 2);
        world.storage.counts().gets - before
    };
    // Each listing looks for copies.
    assert_eq!((reads(), reads()), (1 + 2, 1));
    publish(&registry, "g", "1.0.0", "two").expect("is published");
    block_on(registry.yank("f", "1.0.0", None)).expect("is yanked");
    let before = world.storage.counts().gets;
    let listed = block_on(listing.list()).expect("can be listed");
    let yanked = listed.iter().map(|version| version.as_ref().expect("readable").state.yanked.is_some());
    assert_eq!(yanked.collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(world.storage.counts().gets - before, 3, "copies, the new record, and the yank");
}

#[test]
fn listings_show_versions_that_are_deleted_and_published_again() {
    let world = World::new();
    let (registry, listing) = (world.other(), world.other());
    let listed = || {
        let versions = block_on(listing.list()).expect("can be listed");
        let texts = versions.into_iter().map(|version| {
            let version = version.expect("readable");
            let called = block_on(listing.component_of("f", Some(&version.record.version.to_string())));
            let (record, component) = called.expect("it is published");
            assert_eq!(record.sha256, version.record.sha256, "the listing is as new as what is called");
            let state = if version.state.yanked.is_some() { ", yanked" } else { "" };
            format!("{}: {}{state}", version.record.id(), String::from_utf8_lossy(&component))
        });
        texts.collect::<Vec<_>>()
    };
    publish(&registry, "f", "1.0.0", "one").expect("is published");
    publish(&registry, "f", "1.1.0", "two").expect("is published");
    assert_eq!(listed(), ["f@1.0.0: one", "f@1.1.0: two"]);
    block_on(registry.delete("f", "1.1.0")).expect("is deleted");
    assert_eq!(listed(), ["f@1.0.0: one"]);
    publish(&registry, "f", "1.1.0", "three").expect("the version is free again");
    world.pass(5);
    assert_eq!(listed(), ["f@1.0.0: one", "f@1.1.0: three"]);
    // Nothing is listed in between.
    block_on(registry.yank("f", "1.1.0", None)).expect("is yanked");
    block_on(registry.delete("f", "1.1.0")).expect("is deleted");
    publish(&registry, "f", "1.1.0", "four").expect("the version is free again");
    world.pass(5);
    assert_eq!(listed(), ["f@1.0.0: one", "f@1.1.0: four"]);
    block_on(registry.yank("f", "1.0.0", None)).expect("is yanked");
    assert_eq!(listed(), ["f@1.0.0: one, yanked", "f@1.1.0: four"]);
}

#[test]
fn a_damaged_record_does_not_hide_the_others() {
    let world = World::new();
    let registry = world.other();
    publish(&registry, "f", "1.0.0", "one").expect("is published");
    publish(&registry, "g", "1.0.0", "one").expect("is published");
    world.overwrite("functions/f/1.0.0/function.json", b"{");
    let listed = block_on(registry.list()).expect("can be listed");
    let shown: Vec<String> = listed
        .iter()
        .map(|version| match version {
            Ok(version) => version.record.id().to_string(),
            Err(error) => error_chain(error),
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    the record of function f@1.0.0 is damaged: EOF while parsing an object at line 1 column 1
    g@1.0.0
    ");
    let catalog = block_on(FunctionCatalog::list(&registry)).expect("can be listed");
    let errors: Vec<_> = catalog.iter().map(|function| (&*function.name, function.error.as_deref())).collect();
    assert_eq!(
        errors,
        [
            ("f", Some("the record of function f@1.0.0 is damaged: EOF while parsing an object at line 1 column 1")),
            ("g", None)
        ]
    );
}

#[test]
fn the_record_is_readable() {
    let world = World::new();
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    assert_eq!(world.keys(".json"), ["functions/f/1.0.0/function.json"]);
    let object = block_on(world.storage.get("functions/f/1.0.0/function.json")).expect("exists");
    insta::assert_snapshot!(std::str::from_utf8(&object.bytes).expect("is text"), @r#"
    {
      "name": "f",
      "version": "1.0.0",
      "sha256": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
      "size": 3,
      "summary": "one",
      "parameters": [
        {
          "name": "limit",
          "kind": "integer",
          "required": false,
          "default": 7,
          "summary": "how far"
        }
      ],
      "filter": true,
      "scorer": false,
      "values": false,
      "contract": "0.2.0",
      "memory_mib": 0,
      "authors": "A",
      "revision": "0a1b",
      "published_unix_millis": 1000,
      "published_by": "ada"
    }
    "#);
}

#[test]
fn a_version_never_changes() {
    let world = World::new();
    let registry = world.other();
    publish(&registry, "f", "1.0.0", "one").expect("is published");
    assert!(!publish(&registry, "f", "1.0.0", "one").expect("is the same").new);
    let error = publish(&world.other(), "f", "1.0.0", "two").expect_err("is refused");
    insta::assert_snapshot!(error.to_string(), @"function f@1.0.0 is already published with different contents, use another version");
    assert_eq!(find(&registry, "f", None), "f@1.0.0: one");
}

#[test]
fn of_two_concurrent_publishers_of_a_version_one_wins() {
    let world = World::new();
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    // The second publisher checked before the first one wrote: it writes its component, and then finds the record.
    let record = block_on(world.storage.get("functions/f/1.0.0/function.json")).expect("exists");
    block_on(world.storage.delete("functions/f/1.0.0/function.json")).expect("memory does not fail");
    publish(&world.other(), "f", "1.0.0", "two").expect("nothing is in the way");
    let late = block_on(world.storage.put("functions/f/1.0.0/function.json", record.bytes, Precondition::Absent));
    assert!(late.is_err());
    assert_eq!(
        find(&world.other(), "f", None),
        "f@1.0.0: two",
        "the components of both are stored, the record decides"
    );
}

#[test]
fn nothing_is_published_where_preconditions_are_ignored() {
    let inner: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    let careless = Arc::new(InterceptStorage::new(Arc::clone(&inner)).ignore_preconditions());
    let loader = Arc::new(FakeLoader::new());
    let registry = Registry::new(careless, loader, Settings::default(), Arc::new(ManualClock::default()));
    let error = publish(&registry, "f", "1.0.0", "one").expect_err("is refused");
    let RegistryError::Storage(cause) = &error else { panic!("{error:?}") };
    assert!(matches!(cause, StorageError::NoConditionalWrites { .. }), "{cause:?}");
    assert!(block_on(inner.list("")).expect("memory does not fail").is_empty(), "nothing was written");
}

#[test]
fn bad_names_versions_and_components_are_rejected() {
    let world = World::new();
    let registry = world.other();
    let refused =
        |name, version, component| error_chain(&publish(&registry, name, version, component).expect_err("is refused"));
    insta::assert_snapshot!(refused("F", "1.0.0", "one"), @"invalid function name [F], must be NAME or NAMESPACE/NAME, each a lower-case letter followed by up to 63 lower-case letters, digits or _");
    insta::assert_snapshot!(refused("profile/f", "1.0.0", "one"), @"invalid function name [profile/f], the namespace [profile] is that of search profiles: use another one");
    insta::assert_snapshot!(refused("f", "1.0", "one"), @"invalid version [1.0], must be a semantic version such as 1.0.0: unexpected end of input while parsing minor version number");
    insta::assert_snapshot!(refused("f", "1.0.0", "bad"), @"function f@1.0.0 failed to load: it is bad");
    assert!(world.keys("").is_empty(), "nothing was written");
}

#[test]
fn unknown_functions_and_versions_list_known_ones() {
    let world = World::new();
    let registry = world.other();
    insta::assert_snapshot!(find(&registry, "number_range", None), @"function number_range failed to load: unknown function [number_range], no functions are published");
    publish(&registry, "number_range", "1.0.0", "one").expect("is published");
    publish(&registry, "number_range", "1.1.0", "one").expect("is published");
    publish(&registry, "soon", "1.0.0-a", "one").expect("is published");
    insta::assert_snapshot!(find(&registry, "number_rnage", None), @"function number_rnage failed to load: unknown function [number_rnage], did you mean [number_range]?");
    insta::assert_snapshot!(find(&registry, "../../etc", None), @"function ../../etc failed to load: unknown function [../../etc], published: [number_range], [soon]");
    insta::assert_snapshot!(find(&registry, "number_range", Some("1.2.0")), @"function number_range@1.2.0 failed to load: unknown version [1.2.0], published: [1.0.0], [1.1.0]");
    insta::assert_snapshot!(find(&registry, "soon", None), @"function soon failed to load: only pre-releases are published ([1.0.0-a]), name one explicitly");
}

#[test]
fn other_processes_see_what_is_published() {
    let world = World::new();
    let (here, there) = (world.other(), world.other());
    publish(&here, "f", "1.0.0", "one").expect("is published");
    assert_eq!(
        find(&there, "f", None),
        "f@1.0.0: one",
        "a function that is not in the cached list is searched for in the store"
    );
    publish(&here, "f", "1.1.0", "two").expect("is published");
    assert_eq!(find(&here, "f", None), "f@1.1.0: two", "own changes are visible at once");
    assert_eq!(find(&there, "f", None), "f@1.0.0: one", "the list is cached");
    assert_eq!(
        find(&there, "f", Some("1.1.0")),
        "f@1.1.0: two",
        "a version that is not in the cached list is searched for in the store"
    );
    publish(&here, "f", "1.2.0", "three").expect("is published");
    world.pass(4);
    assert_eq!(find(&there, "f", None), "f@1.1.0: two");
    world.pass(1);
    assert_eq!(find(&there, "f", None), "f@1.2.0: three");
}

#[test]
fn finding_again_reads_nothing() {
    let world = World::new();
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    let loader = Arc::new(FakeLoader::new());
    let registry = world.registry(&loader, trusting());
    let before = world.storage.counts();
    find(&registry, "f", None);
    let first = world.storage.counts() - before;
    assert_eq!((first.lists, first.gets), (1, 2), "the versions, the record, the code");
    find(&registry, "f", Some("1.0.0"));
    assert_eq!(world.storage.counts() - before, first);
    world.pass(5);
    find(&registry, "f", None);
    let refreshed = world.storage.counts() - before;
    assert_eq!((refreshed.lists, refreshed.gets), (2, 2), "only the versions are listed again");
    assert_eq!(loader.calls(), ["load code"]);
}

#[test]
fn the_least_recently_used_function_is_dropped() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        publish(&world.other(), name, "1.0.0", "one").expect("is published");
    }
    let loader = Arc::new(FakeLoader::new());
    let registry = world.registry(&loader, Settings { loaded_functions: 2, ..trusting() });
    for name in ["a", "b", "a", "b"] {
        find(&registry, name, None);
    }
    assert_eq!(loader.calls().len(), 2);
    for name in ["c", "b", "a"] {
        find(&registry, name, None);
    }
    assert_eq!(loader.calls().len(), 2, "c replaced a, b was still loaded");
}

#[test]
fn ahead_of_time_code_is_loaded_only_if_trusted() {
    let world = World::new();
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    for (settings, expected) in [(Settings::default(), "load component"), (trusting(), "load code")] {
        let loader = Arc::new(FakeLoader::new());
        assert_eq!(find(&world.registry(&loader, settings), "f", None), "f@1.0.0: one");
        assert_eq!(loader.calls(), [expected]);
    }
}

#[test]
fn missing_or_damaged_code_is_compiled_again() {
    let world = World::new();
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    let fallback = |loader: FakeLoader| {
        let loader = Arc::new(loader);
        let found = find(&world.registry(&loader, trusting()), "f", None);
        (found, loader.calls())
    };
    let elsewhere = || FakeLoader { compatibility: "0b", ..FakeLoader::new() };
    assert_eq!(fallback(elsewhere()), ("f@1.0.0: one".to_owned(), vec!["load component"]));
    let (found, _) = fallback(FakeLoader { can_compile: false, ..elsewhere() });
    insta::assert_snapshot!(found, @"function f@1.0.0 failed to load: no ahead-of-time code for this machine [0b], and this program cannot compile components");

    world.overwrite(&world.keys("-0a.cwasm")[0], b"something else, and long enough to hold a digest");
    assert_eq!(fallback(FakeLoader::new()), ("f@1.0.0: one".to_owned(), vec!["load component"]));
    let (found, _) = fallback(FakeLoader { can_compile: false, ..FakeLoader::new() });
    insta::assert_snapshot!(found, @"function f@1.0.0 failed to load: the ahead-of-time code is damaged or of another component (digest mismatch), and this program cannot compile components");

    // Publishing again fixes it.
    assert!(!publish(&world.other(), "f", "1.0.0", "one").expect("is the same").new);
    assert_eq!(fallback(FakeLoader::new()).1, ["load code"]);
}

#[test]
fn the_code_of_another_component_is_not_loaded() {
    let world = World::new();
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    publish(&world.other(), "g", "1.0.0", "two").expect("is published");
    let codes = world.keys("-0a.cwasm");
    assert_eq!(codes.len(), 2);
    world.copy(&codes[1], &codes[0]);
    let loader = Arc::new(FakeLoader::new());
    assert_eq!(find(&world.registry(&loader, trusting()), "f", None), "f@1.0.0: one");
    assert_eq!(loader.calls(), ["load component"]);
}

#[test]
fn a_damaged_component_or_record_is_never_used() {
    let world = World::new();
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    world.overwrite(&world.keys(".wasm")[0], b"two");
    insta::assert_snapshot!(find(&world.other(), "f", None), @"function f@1.0.0 failed to load: the stored component is damaged (digest mismatch)");
    world.overwrite(&world.keys(".json")[0], b"{");
    insta::assert_snapshot!(find(&world.other(), "f", None), @"function f failed to load: the record of function f@1.0.0 is damaged: EOF while parsing an object at line 1 column 1");
    // Retrying does not help, unlike with a store that does not respond.
    let error = block_on(world.other().find("f", None)).err().expect("is damaged");
    assert!(matches!(error.cause, Cause::Unusable(_)), "{error:?}");
}

#[test]
fn a_deleted_version_can_be_published_again() {
    let world = World::new();
    let (registry, other) = (world.other(), world.other());
    publish(&registry, "f", "1.0.0", "one").expect("is published");
    publish(&registry, "f", "1.1.0", "two").expect("is published");
    assert_eq!(find(&other, "f", None), "f@1.1.0: two");
    block_on(registry.delete("f", "1.1.0")).expect("is deleted");
    assert_eq!(find(&registry, "f", None), "f@1.0.0: one");
    world.pass(5);
    assert_eq!(find(&other, "f", None), "f@1.0.0: one");
    assert!(world.keys("").iter().all(|key| key.starts_with("functions/f/1.0.0/")));
    let error = block_on(registry.delete("f", "1.1.0")).expect_err("is gone");
    insta::assert_snapshot!(error_chain(&error), @"function f@1.1.0 failed to load: unknown version [1.1.0], published: [1.0.0]");
    publish(&registry, "f", "1.1.0", "another").expect("the version is free again");
    world.pass(5);
    assert_eq!(find(&other, "f", None), "f@1.1.0: another", "the function loaded under that version is not used again");
}

#[test]
fn code_for_other_machines_is_compiled_when_published_or_later() {
    let world = World::new();
    let publication = Publication {
        name: "f".to_owned(),
        version: "1.0.0".to_owned(),
        component: "one".into(),
        provenance: provenance(),
    };
    block_on(world.other().publish_for(&publication, &[Target::X86_64Linux])).expect("is published");

    let on = |target| {
        let loader = FakeLoader { target, can_compile: false, ..FakeLoader::new() };
        find(&world.registry(&Arc::new(loader), trusting()), "f", None)
    };
    assert_eq!(on(Target::X86_64Linux), "f@1.0.0: one");
    insta::assert_snapshot!(on(Target::Aarch64Linux), @"function f@1.0.0 failed to load: no ahead-of-time code for [aarch64-linux-0a] (create it with `quidditch udf compile f@1.0.0 --target aarch64-linux`), and this program cannot compile components");

    let compiled = block_on(world.other().compile("f", None, &[Target::Aarch64Linux])).expect("is compiled");
    assert_eq!(compiled.version.to_string(), "1.0.0");
    assert_eq!(on(Target::Aarch64Linux), "f@1.0.0: one");
    assert_eq!(world.keys(".cwasm").len(), 3);

    let missing = block_on(world.other().compile("g", None, &[Target::X86_64Linux])).expect_err("there is none");
    insta::assert_snapshot!(error_chain(&missing), @"function g failed to load: unknown function [g], published: [f]");
}

#[test]
fn a_store_that_does_not_respond_makes_functions_unavailable() {
    let storage = InterceptStorage::new(Arc::new(MemoryStorage::new()))
        .before(|call| std::future::ready(Err(unavailable(&call))));
    let clock = Arc::new(ManualClock::default());
    let registry = Registry::new(Arc::new(storage), Arc::new(FakeLoader::new()), Settings::default(), clock);
    let Err(error) = block_on(registry.find("f", None)) else { panic!("nothing can be read") };
    assert!(matches!(error.cause, Cause::Unavailable(_)), "{error:?}");
    insta::assert_snapshot!(error_chain(&error), @"function f failed to load: the store of functions failed: storage unavailable (functions/f/): the test made it fail");
}
