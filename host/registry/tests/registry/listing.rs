//! Listing many functions.

use std::sync::Arc;

use futures::executor::block_on;
use futures::{StreamExt, TryStreamExt, stream};
use quidditch_clock::{Clock, SystemClock};
use quidditch_registry::{Registry, RegistryError, Settings};
use quidditch_storage::{MemoryStorage, Precondition, S3Credentials, S3Settings, Storage, open_s3};
use quidditch_test_s3::{Operation, Request, S3Server};
use quidditch_test_storage::{InterceptStorage, unavailable};

use crate::world::{FakeLoader, World};
use crate::{provenance, publish};

const COPIES: &str = "functions/copies.json";

fn registry(storage: Arc<dyn Storage>, clock: Arc<dyn Clock>) -> Registry {
    Registry::new(storage, Arc::new(FakeLoader::new()), Settings::default(), clock)
}

/// The objects of functions `f0000`, `f0001`, ..., each with a record and two other objects.
async fn write_functions(storage: &dyn Storage, count: usize) {
    let world = World::new();
    publish(&world.other(), "f0000", "1.0.0", "some text").expect("is published");
    let objects = world.objects().into_iter().map(|(key, bytes)| (key, String::from_utf8_lossy(&bytes).into_owned()));
    let objects: Vec<_> = objects.collect();
    let writes = (0..count).flat_map(|number| {
        let name = format!("f{number:04}");
        let named = |text: &str| text.replace("f0000", &name);
        objects.iter().map(|(key, text)| (named(key), named(text))).collect::<Vec<_>>()
    });
    let writes = stream::iter(writes.collect::<Vec<_>>());
    let writes = writes.map(async |(key, text)| storage.put(&key, text.into(), Precondition::None).await);
    writes.buffer_unordered(16).try_collect::<Vec<_>>().await.expect("are written");
}

/// The names and versions in a list.
async fn names(registry: &Registry) -> Vec<String> {
    let listed = registry.list().await.expect("a list");
    listed.into_iter().map(|version| version.expect("not damaged").record.id().to_string()).collect()
}

fn operations(requests: &[Request], operation: Operation) -> Vec<&Request> {
    requests.iter().filter(|request| request.operation == operation).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_functions_are_listed_in_three_round_trips() {
    let server = S3Server::start();
    let settings = S3Settings {
        endpoint: Some(server.endpoint()),
        region: Some(server.region().to_owned()),
        credentials: Some(S3Credentials {
            access_key: server.access_key().to_owned(),
            secret_key: server.secret_key().to_owned(),
            session_token: None,
        }),
        ..S3Settings::default()
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let storage = open_s3(&"s3://quidditch/store".parse().expect("a valid URL"), settings, Arc::clone(&clock));
    write_functions(&*storage, 1_000).await;
    let publication = |name: &str| quidditch_registry::Publication {
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        component: "a text".into(),
        provenance: provenance(),
    };
    let publisher = registry(Arc::clone(&storage), Arc::clone(&clock));
    // The first copies all records, the others have no copies.
    for number in 0..=32 {
        publisher.publish(&publication(&format!("g{number:02}"))).await.expect("is published");
    }
    publisher.yank("g01", "1.0.0", None).await.expect("is yanked");

    let before = server.requests().len();
    let listed = names(&registry(storage, clock)).await;
    assert_eq!(listed.len(), 1_033);
    assert!(listed.is_sorted());
    let requests = &server.requests()[before..];
    let (gets, lists) = (operations(requests, Operation::Get), operations(requests, Operation::List));
    assert_eq!(requests.len(), gets.len() + lists.len());
    // First the copies, then the parts of the listing side by side, then what has no copy.
    assert_eq!(gets[0].key, format!("store/{COPIES}"));
    assert!(lists.len() >= 4 && lists.iter().all(|list| !list.is_next_page), "{lists:?}");
    assert_eq!(gets.len(), 1 + 32 + 1, "the copies, 32 records, and a yank");
}

#[test]
fn copies_are_made_when_many_records_have_none() {
    let world = World::new();
    let registry = world.other();
    for number in 0..32 {
        publish(&registry, &format!("f{number}"), "1.0.0", "text").expect("is published");
    }
    assert_eq!(world.keys("copies.json"), [""; 0], "few records are read at once");
    publish(&registry, "g", "1.0.0", "text").expect("is published");
    assert_eq!(world.keys("copies.json"), [COPIES]);
    let before = world.storage.counts();
    assert_eq!(block_on(names(&world.other())).len(), 33);
    let counts = world.storage.counts() - before;
    assert_eq!((counts.gets, counts.lists), (1, 1));
}

/// What a list of copies shows is what a list without them shows, whatever changed since.
#[test]
fn changes_after_the_copies_were_made_are_listed() {
    let world = World::new();
    let registry = world.other();
    for number in 0..40 {
        publish(&registry, &format!("f{number}"), "1.0.0", "text").expect("is published");
    }
    block_on(registry.delete("f0", "1.0.0")).expect("is deleted");
    block_on(registry.delete("f1", "1.0.0")).expect("is deleted");
    publish(&registry, "f1", "1.0.0", "other text").expect("is published");
    world.overwrite("functions/f5/1.0.0/function.json", b"{");
    let by = || Some("ada".to_owned());
    block_on(async {
        registry.yank("f2", "1.0.0", by()).await.expect("is yanked");
        registry.deprecate("f3", "1.0.0", "use f4", by()).await.expect("is deprecated");
        registry.disable("f4", None, Some("broken"), by()).await.expect("is disabled");
        let with_copies = world.other().list().await.expect("a list");
        world.storage.delete(COPIES).await.expect("is deleted");
        let without = world.other().list().await.expect("a list");
        assert_eq!(format!("{with_copies:?}"), format!("{without:?}"));
        assert_eq!(with_copies.len(), 39);
        let state = |name: &str| {
            let version = with_copies.iter().flatten().find(|version| version.record.name == name);
            version.expect("is listed").state.clone()
        };
        assert!(state("f2").yanked.is_some());
        assert_eq!(state("f3").deprecated.expect("is deprecated").note, "use f4");
        assert!(state("f4").function_disabled.is_some());
        assert!(with_copies.iter().any(Result::is_err), "the damaged record is an entry");
    });
}

#[test]
fn damaged_copies_are_not_used_and_made_again() {
    let world = World::new();
    let registry = world.other();
    for number in 0..33 {
        publish(&registry, &format!("f{number}"), "1.0.0", "text").expect("is published");
    }
    world.overwrite(COPIES, b"{\"objects\": ");
    assert_eq!(block_on(names(&world.other())).len(), 33);
    publish(&registry, "g", "1.0.0", "text").expect("is published");
    let before = world.storage.counts();
    assert_eq!(block_on(names(&world.other())).len(), 34);
    assert_eq!((world.storage.counts() - before).gets, 1);
}

/// Write access to the copies, without write access to the records, does not change which functions are called.
#[test]
fn functions_are_not_found_by_their_copies() {
    let world = World::new();
    let publisher = world.other();
    for number in 0..33 {
        publish(&publisher, &format!("f{number}"), "1.0.0", "text").expect("is published");
    }
    let copies = block_on(world.storage.get(COPIES)).expect("there are copies").bytes;
    let forged = String::from_utf8_lossy(&copies).replace("\"summary\": \"text\"", "\"summary\": \"forged\"");
    assert_ne!(forged.as_bytes(), copies);
    block_on(world.storage.put(COPIES, forged.into(), Precondition::None)).expect("is written");
    let registry = world.other();
    let listed = block_on(registry.list()).expect("a list");
    assert!(listed.into_iter().flatten().all(|version| version.record.summary == "forged"));
    assert_eq!(block_on(registry.show("f1", None)).expect("is published").record.summary, "text");
}

#[test]
fn a_function_is_published_even_if_its_record_cannot_be_copied() {
    let memory: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    let refusing = InterceptStorage::new(Arc::clone(&memory)).before(async |call| match &*call.key {
        COPIES => Err(unavailable(&call)),
        _ => Ok(()),
    });
    let publisher = registry(Arc::new(refusing), Arc::new(SystemClock::default()));
    for number in 0..33 {
        publish(&publisher, &format!("f{number}"), "1.0.0", "text").expect("is published");
    }
    assert!(matches!(block_on(publisher.list()), Err(RegistryError::Storage(_))));
    let other = registry(memory, Arc::new(SystemClock::default()));
    assert_eq!(block_on(names(&other)).len(), 33);
}
