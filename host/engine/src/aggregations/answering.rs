//! Making the response of results.

use std::sync::Arc;

use quidditch_expression::ScriptRun;

use super::background::{Known, Missing};
use crate::Error;
use crate::functions::{ScriptSource, StoredScripts};

/// How the names of aggregations are written in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum KeyStyle {
    /// `tags`
    #[default]
    Plain,
    /// `sterms#tags`, which typed clients ask for with `typed_keys`.
    Typed,
}

impl KeyStyle {
    /// The name of an aggregation in the response.
    pub(super) fn key(self, type_name: &str, name: &str) -> String {
        match self {
            KeyStyle::Plain => name.to_owned(),
            KeyStyle::Typed => format!("{type_name}#{name}"),
        }
    }
}

/// What answers share: how many buckets there may be, how scripts of buckets run, and how much windows of
/// buckets have been read.
pub(crate) struct Answering {
    max_buckets: usize,
    buckets: usize,
    pub(super) scripts: ScriptRun,
    /// The stored scripts that scripts of buckets name.
    stored_scripts: Arc<StoredScripts>,
    /// Values that pipelines have read in windows.
    pub(super) window_work: usize,
    /// What significant terms are compared with.
    pub(super) known: Arc<Known>,
    /// What is not known of it. Then the answers are not complete, and are computed again once it is known.
    pub(super) missing: Missing,
}

impl Answering {
    pub(crate) fn new(max_buckets: usize, scripts: ScriptRun, known: Arc<Known>) -> Self {
        let (stored_scripts, missing) = (Arc::default(), Missing::default());
        Answering { max_buckets, buckets: 0, scripts, stored_scripts, window_work: 0, known, missing }
    }

    /// The same with the stored scripts that scripts of buckets name.
    pub(crate) fn with_stored_scripts(self, stored_scripts: &Arc<StoredScripts>) -> Self {
        Answering { stored_scripts: Arc::clone(stored_scripts), ..self }
    }

    /// A stored script that a script of buckets names.
    pub(super) fn stored_script(&self, id: &str) -> &ScriptSource {
        self.stored_scripts.get(id).expect("all that a request names were read")
    }

    /// Whether all is known so far.
    pub(super) fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    pub(crate) fn into_missing(self) -> Missing {
        self.missing
    }

    /// Counts buckets of the response.
    pub(super) fn count_buckets(&mut self, buckets: usize) -> Result<(), Error> {
        self.check_buckets(buckets)?;
        self.buckets += buckets;
        Ok(())
    }

    /// Checks that the response may have this many more buckets.
    pub(super) fn check_buckets(&self, more: usize) -> Result<(), Error> {
        if !self.is_complete() {
            return Ok(());
        }
        let buckets = self.buckets.saturating_add(more);
        if buckets > self.max_buckets {
            return Err(Error::TooManyBuckets { max: self.max_buckets, buckets });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use quidditch_clock::ManualClock;
    use quidditch_function::Budget;

    use super::*;

    #[test]
    fn buckets_of_all_levels_are_limited() {
        let scripts = ScriptRun::new(Arc::new(ManualClock::default()), Arc::new(Budget::new(Duration::ZERO)));
        let mut answering = Answering::new(5, scripts, Arc::default());
        answering.count_buckets(2).expect("within the limit");
        answering.count_buckets(3).expect("at the limit");
        let Err(Error::TooManyBuckets { max, buckets }) = answering.count_buckets(1) else { panic!("over the limit") };
        assert_eq!((max, buckets), (5, 6));
    }
}
