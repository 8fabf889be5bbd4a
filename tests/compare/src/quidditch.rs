//! Our side: a whole Quidditch in this process, over a store in memory.

use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::Request;
use quidditch_index::Mapping;
use quidditch_indexing::{AddOptions, create_index, delete_index};
use quidditch_tests::{Installation, ScenarioIndex};

use crate::answer::Answer;
use crate::server::{Call, Created, Server};

/// Functions are given more time than in production: nothing here measures it.
const FUNCTION_TIME: Duration = Duration::from_secs(10);

/// Quidditch with the example functions, and no indices yet. Its clock stands still.
pub(crate) struct Quidditch {
    installation: Installation,
}

impl Quidditch {
    pub(crate) fn new() -> Self {
        let installation = Installation::new(FUNCTION_TIME);
        installation.publish_examples();
        Quidditch { installation }
    }

    /// The same without functions.
    pub(crate) fn empty() -> Self {
        Quidditch { installation: Installation::new(FUNCTION_TIME) }
    }
}

impl Server for Quidditch {
    fn create_index(&self, index: &ScenarioIndex) -> Result<Created> {
        let Installation { storage, .. } = &self.installation;
        let json = serde_json::from_str(&index.mapping).context("the mapping is not JSON")?;
        let mapping = match Mapping::from_json(&json) {
            Ok(mapping) => mapping,
            Err(error) => return Ok(Created::Refused(error.to_string())),
        };
        self.installation.wait(create_index(storage, &index.name, &mapping))?;
        let writer = self.installation.writer(&index.name)?;
        let mut outcomes = Vec::new();
        for documents in &index.splits {
            let before = outcomes.len();
            outcomes.resize(before + documents.lines().count(), None);
            let options = AddOptions::default();
            let adding = writer.add_documents(documents.as_bytes(), &options, |_| ());
            for bad in self.installation.wait(adding)?.bad_documents {
                outcomes[before + bad.line as usize - 1] = Some(bad.reason.to_string());
            }
        }
        Ok(Created::Filled(outcomes))
    }

    fn delete_index(&self, name: &str) -> Result<()> {
        Ok(self.installation.wait(delete_index(&self.installation.storage, name))?)
    }

    fn send(&self, call: &Call) -> Result<Answer> {
        let mut request = Request::builder().method(call.method.as_str()).uri(&call.path);
        for (name, value) in call.all_headers() {
            request = request.header(name, value);
        }
        let response = self.installation.send(request.body(Bytes::from(call.body.clone()))?);
        Ok(Answer::new(response.status().as_u16(), response.body()))
    }
}
