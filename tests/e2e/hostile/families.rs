//! All families, through a real server.

use std::time::Duration;

use futures::stream::{self, StreamExt};
use quidditch_test_guests::Family;
use quidditch_tests::Quidditch;

use super::places::{Answered, Places};
use super::readme::{Row, check_table};

/// How many families run at the same time. 4: most of them wait for the end of a time limit.
const PARALLEL: usize = 4;

/// Most time of a search, even on a busy machine: all its functions together may take two seconds.
const SEARCH_TIME: Duration = Duration::from_secs(20);

/// Most characters of an error that are shown.
const SHOWN_CHARACTERS: usize = 160;

#[test]
fn every_family_gets_its_error_and_affects_no_other_request() {
    let quidditch = Quidditch::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let rows: Vec<Row> = runtime.block_on(async {
        let places = Places::start(&quidditch).await;
        let all = stream::iter(Family::all()).map(|family| rows(&places, family));
        all.buffered(PARALLEL).collect::<Vec<_>>().await.concat()
    });
    check_table("families", ["family", "what it does", "used as", "answer"], &rows);
}

/// Publishes a guest, and uses it if that succeeds.
async fn rows(places: &Places, family: Family) -> Vec<Row> {
    let Family { name, summary, uses, .. } = &family;
    let published = places.publish(name, "1.0.0", family.build().into()).await;
    report(name, "publish", &published);
    assert!(places.still_works().await, "after {name} was published");
    if published.status != 201 {
        return vec![[name.clone(), summary.clone(), "is refused".to_owned(), outcome(&published)]];
    }
    let mut rows = Vec::new();
    for used in uses {
        let answered = places.search(name, *used).await;
        report(name, used.name(), &answered);
        assert!(answered.time < SEARCH_TIME, "{name} took {:?}", answered.time);
        assert!(places.still_works().await, "after {name} was used as {}", used.name());
        rows.push([name.clone(), summary.clone(), used.name().to_owned(), outcome(&answered)]);
    }
    rows
}

/// Shown with `--nocapture`.
fn report(name: &str, step: &str, answered: &Answered) {
    eprintln!("{name}: {step}: {} after {} ms", answered.status, answered.time.as_millis());
}

/// What the table says: the error, or how many documents matched.
pub(super) fn outcome(answered: &Answered) -> String {
    match answered.status {
        200 => format!("{} hits", answered.hits()),
        status @ (400 | 413) => format!("{status} {}", shown(&answered.error())),
        _ => panic!("{:#}", answered.json),
    }
}

/// A text of which control characters are visible, and the end is cut off if it is long.
fn shown(text: &str) -> String {
    let visible: String = text
        .chars()
        .flat_map(|character| {
            let escaped: Vec<char> =
                if character.is_control() { character.escape_default().collect() } else { vec![character] };
            escaped
        })
        .collect();
    match visible.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}... ({} bytes)", &visible[..end], text.len()),
        None => visible,
    }
}
