//! Unwraps events that contain events.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::record::{CreatedObject, of_event_bridge, of_s3};

/// How deeply messages may contain messages. 3: an event of S3 in a notification of SNS in a message of SQS has two.
const MAX_DEPTH: usize = 3;

/// A record of an event, perhaps in the message of another one.
pub(super) struct Item {
    /// Its position, for errors.
    pub(super) position: String,
    /// `None` if it is not about an object that was created.
    pub(super) object: Result<Option<CreatedObject>>,
}

/// The keys of all events that may be or contain an event of S3.
#[derive(Deserialize)]
struct Event<'a> {
    /// Of S3, SQS and SNS.
    #[serde(rename = "Records", borrow, default)]
    records: Vec<&'a RawValue>,
    /// S3 sends this event once, when notifications are configured.
    #[serde(rename = "Event")]
    test: Option<String>,
    /// Of EventBridge.
    source: Option<String>,
    #[serde(rename = "detail-type")]
    detail_type: Option<String>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    /// A notification of SNS, as it is in messages of SQS.
    #[serde(rename = "Message")]
    message: Option<String>,
}

/// A record of S3, SQS or SNS.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: Option<String>,
    /// Of SQS.
    body: Option<String>,
    #[serde(rename = "Sns")]
    sns: Option<Sns>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sns {
    message: String,
}

/// The records of an event, and those of all events in its messages.
///
/// # Errors
/// If the event has no records.
pub(super) fn unwrap(event: &str) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    add_event(event, "", 0, &mut items).context("not an event of S3")?;
    Ok(items)
}

fn add_event(text: &str, position: &str, depth: usize, items: &mut Vec<Item>) -> Result<()> {
    ensure!(depth <= MAX_DEPTH, "messages in messages are supported up to {MAX_DEPTH} levels");
    let event: Event<'_> = serde_json::from_str(text)?;
    if event.test.is_some() {
        return Ok(());
    }
    if let Some(message) = &event.message {
        return add_event(message, position, depth + 1, items);
    }
    if let Some(detail) = event.detail {
        let source = event.source.unwrap_or_default();
        ensure!(source == "aws.s3", "its source is [{source}]");
        let object = of_event_bridge(&event.detail_type.unwrap_or_default(), detail.get());
        let position = if position.is_empty() { "event" } else { position };
        items.push(Item { position: position.to_owned(), object });
        return Ok(());
    }
    ensure!(!event.records.is_empty(), "it has neither Records nor detail");
    for (index, record) in event.records.iter().enumerate() {
        let separator = if position.is_empty() { "" } else { ", " };
        let position = format!("{position}{separator}record {index}");
        if let Err(error) = add_record(record.get(), &position, depth, items) {
            items.push(Item { position, object: Err(error) });
        }
    }
    Ok(())
}

fn add_record(text: &str, position: &str, depth: usize, items: &mut Vec<Item>) -> Result<()> {
    let record: Record = serde_json::from_str(text)?;
    if let Some(message) = record.body.or_else(|| record.sns.map(|sns| sns.message)) {
        return add_event(&message, position, depth + 1, items).context("the message is not an event of S3");
    }
    let Some(name) = record.event_name else { bail!("it has none of eventName, body and Sns") };
    items.push(Item { position: position.to_owned(), object: of_s3(&name, text) });
    Ok(())
}
