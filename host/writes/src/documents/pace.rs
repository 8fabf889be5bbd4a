//! How many documents a request changes, how many at a time, and what happens at conflicts.

use quidditch_service::writing::{ApiError, Parameters};

use super::parameters::take_wait_for_completion;

/// How many documents are read and written at a time, unless the request says so.
const BATCH_DOCUMENTS: usize = 1_000;

/// Most documents that a request may ask to be read and written at a time.
const MAX_BATCH_DOCUMENTS: usize = 10_000;

/// What happens if a document has changed since it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnConflict {
    Abort,
    Proceed,
}

/// What a request says but for its query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) conflicts: OnConflict,
    pub(super) max_docs: u64,
    pub(super) batch: usize,
}

impl Pace {
    /// Takes what says how many documents are written, and how.
    pub(super) fn take(parameters: &mut Parameters, batch_key: &str) -> Result<Self, ApiError> {
        let conflicts = parameters.take("conflicts")?;
        let conflicts = conflicts.map_or(Ok(OnConflict::Abort), |text| OnConflict::parse(&text))?;
        let mut pace = Pace { conflicts, max_docs: u64::MAX, batch: BATCH_DOCUMENTS };
        let mut slices = 1;
        for key in ["max_docs", "size"] {
            if let Some(text) = parameters.take(key)? {
                pace.max_docs = count(key, &text)?;
            }
        }
        if let Some(text) = parameters.take(batch_key)? {
            pace.set_batch(batch_key, count(batch_key, &text)?)?;
        }
        if let Some(text) = parameters.take("slices")?.filter(|text| text != "auto") {
            slices = text.parse::<u64>().ok().filter(|slices| *slices > 0).ok_or_else(|| {
                let expected = r#"[slices] must be a positive integer or the string "auto""#;
                ApiError::Argument(format!("{expected}, but was [{text}]"))
            })?;
        }
        if pace.max_docs < slices {
            return Err(ApiError::Argument("[max_docs] should be >= [slices]".to_owned()));
        }
        take_wait_for_completion(parameters)?;
        parameters.take("requests_per_second")?;
        Ok(pace)
    }

    pub(super) fn set_batch(&mut self, key: &str, documents: u64) -> Result<(), ApiError> {
        match usize::try_from(documents) {
            Ok(documents @ 1..=MAX_BATCH_DOCUMENTS) => self.batch = documents,
            _ => {
                return Err(ApiError::Argument(format!(
                    "[{key}] must be from 1 to {MAX_BATCH_DOCUMENTS}, but is [{documents}]"
                )));
            }
        }
        Ok(())
    }
}

impl OnConflict {
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        match text {
            "abort" => Ok(OnConflict::Abort),
            "proceed" => Ok(OnConflict::Proceed),
            other => {
                let reason = format!(r#"conflicts may only be "proceed" or "abort" but was [{other}]"#);
                Err(ApiError::Argument(reason))
            }
        }
    }
}

pub(super) fn count(key: &str, text: &str) -> Result<u64, ApiError> {
    text.parse().map_err(|_| ApiError::Argument(format!("[{key}] must be a positive integer, but is [{text}]")))
}
