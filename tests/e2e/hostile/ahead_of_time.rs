//! Ahead-of-time code that somebody changed in the store, on a server that runs such code.

use std::fs;
use std::path::{Path, PathBuf};

use quidditch_test_guests::{Guest, Use};
use quidditch_tests::Quidditch;

use super::families::outcome;
use super::places::Places;
use super::readme::{Row, check_table};

/// The stored files of a function that keeps two of the documents, and of others that keep all of them.
struct Stored {
    /// The code of the function for this machine.
    code: PathBuf,
    /// The same for another processor.
    code_for_other_processor: PathBuf,
    component: PathBuf,
    /// The code of another function for this machine.
    code_of_other_function: PathBuf,
    component_of_other_function: PathBuf,
    /// The code of another version of the function for this machine.
    code_of_other_version: PathBuf,
}

/// A change of the store.
struct Change {
    name: &'static str,
    summary: &'static str,
    make: fn(&Stored),
}

const CHANGES: &[Change] = &[
    Change {
        name: "code_with_a_changed_byte",
        summary: "One bit of the code is another one.",
        make: |stored| {
            let mut code = read(&stored.code);
            let middle = code.len() / 2;
            code[middle] ^= 1;
            write(&stored.code, &code);
        },
    },
    Change {
        name: "code_that_is_cut_off",
        summary: "The second half of the code is missing.",
        make: |stored| {
            let code = read(&stored.code);
            write(&stored.code, &code[..code.len() / 2]);
        },
    },
    Change { name: "code_that_is_empty", summary: "The code is empty.", make: |stored| write(&stored.code, b"") },
    Change {
        name: "code_of_another_function",
        summary: "The code is that of another function, which keeps all documents.",
        make: |stored| write(&stored.code, &read(&stored.code_of_other_function)),
    },
    Change {
        name: "code_of_another_version",
        summary: "The code is that of another version of the function, which keeps all documents.",
        make: |stored| write(&stored.code, &read(&stored.code_of_other_version)),
    },
    Change {
        name: "code_for_another_processor",
        summary: "The code is that of the function for another processor.",
        make: |stored| write(&stored.code, &read(&stored.code_for_other_processor)),
    },
    Change {
        name: "component_in_place_of_code",
        summary: "The code is the component.",
        make: |stored| write(&stored.code, &read(&stored.component)),
    },
    Change {
        name: "another_component",
        summary: "The code is missing, and the component is that of another function, which keeps all documents.",
        make: |stored| {
            fs::remove_file(&stored.code).expect("can be removed");
            write(&stored.component, &read(&stored.component_of_other_function));
        },
    },
];

#[test]
fn changed_code_is_never_run() {
    let quidditch = Quidditch::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let rows: Vec<Row> = runtime.block_on(async {
        let places = Places::start(&quidditch).await;
        let keeps_all = Guest::new().with("keep", "(memory.fill (i32.const 4096) (i32.const 1) (local.get $len)) (call $ok_list (i32.const 4096) (local.get $len))");
        let keeps_all = keeps_all.build();
        assert_eq!(places.publish("keeps_all", "1.0.0", keeps_all.clone().into()).await.status, 201);
        assert_eq!(places.search("keeps_all", Use::Filter).await.hits(), 3);
        let mut rows = Vec::new();
        for Change { name, summary, make } in CHANGES {
            assert_eq!(places.publish(name, "0.9.0", keeps_all.clone().into()).await.status, 201);
            // Another component than that of the function that is well behaved, which is loaded already.
            let component = Guest::new().with("items", format!("(global $name i32 (i32.const {}))", name.len()));
            assert_eq!(places.publish(name, "1.0.0", component.build().into()).await.status, 201);
            make(&Stored::find(quidditch.store(), name));
            let answered = places.search(name, Use::Filter).await;
            assert!(places.still_works().await, "after {name}");
            rows.push([(*name).to_owned(), (*summary).to_owned(), Use::Filter.name().to_owned(), outcome(&answered)]);
        }
        rows
    });
    check_table("ahead-of-time code", ["change", "what it is", "used as", "answer"], &rows);
}

impl Stored {
    fn find(store: &Path, name: &str) -> Self {
        let functions = store.join("functions");
        let (own, other) = (functions.join(name), functions.join("keeps_all/1.0.0"));
        let elsewhere = if cfg!(target_arch = "x86_64") { "aarch64" } else { "x86_64" };
        Stored {
            code: only_file(&own.join("1.0.0"), is_code_for_this_machine),
            code_for_other_processor: only_file(&own.join("1.0.0"), |file| file.contains(elsewhere)),
            component: only_file(&own.join("1.0.0"), |file| file.ends_with(".wasm")),
            code_of_other_function: only_file(&other, is_code_for_this_machine),
            component_of_other_function: only_file(&other, |file| file.ends_with(".wasm")),
            code_of_other_version: only_file(&own.join("0.9.0"), is_code_for_this_machine),
        }
    }
}

/// The names of the others have the name of their target.
fn is_code_for_this_machine(file: &str) -> bool {
    file.ends_with(".cwasm") && !file.contains("linux")
}

fn only_file(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> PathBuf {
    let entries = fs::read_dir(folder).expect("the version is published");
    let files = entries.map(|entry| entry.expect("can be read").path());
    let mut wanted = files.filter(|file| file.file_name().and_then(|name| name.to_str()).is_some_and(&is_wanted));
    let found = wanted.next().expect("there is one");
    assert_eq!(wanted.next(), None, "there is only one");
    found
}

fn read(file: &Path) -> Vec<u8> {
    fs::read(file).expect("can be read")
}

fn write(file: &Path, bytes: &[u8]) {
    fs::write(file, bytes).expect("can be written");
}
