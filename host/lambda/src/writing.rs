//! The function URL of the indexing function: answers HTTP requests, also those that change something.
//!
//! User functions and stored scripts are code that the search function runs. Only if its settings say so, the indexing function reads
//! and changes them.

mod before_the_answer;
mod managed_functions;
mod no_functions;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use quidditch_clock::Clock;
use quidditch_engine::{Engine, Limits};
use quidditch_index::{ReadSettings, SplitReader};
use quidditch_indexing::MergeOptions;
use quidditch_sandbox::SandboxError;
use quidditch_service::{Parts, Service, Settings};
use quidditch_storage::{Counting, Storage};
use quidditch_writes::{CommitSettings, MemoryIndexer, WriteParts, Writes};
use serde_json::value::RawValue;

use self::before_the_answer::BeforeTheAnswer;
use self::managed_functions::ManagedFunctions;
use crate::event::{EventError, Format};
use crate::http_events::HttpEvents;
use crate::metrics::Metrics;
use crate::settings::{MetricsSettings, WritingSettings};
use crate::statistics_log::StatisticsLog;
use crate::time_left::time_left;

/// Approximate limit on the size of a split that is merged before an answer. 16 MiB: about a second of work.
const MERGED_SPLIT_BYTES: u64 = 16 << 20;

/// Longest time that an answer waits for merges. 5 s: many clients wait for 10 s.
const MERGE_TIME: Duration = Duration::from_secs(5);

/// Answers requests. Lives as long as the process.
pub(crate) struct Writing {
    http: HttpEvents,
    merges: Arc<BeforeTheAnswer>,
}

impl Writing {
    /// Assembles the service without reading anything.
    pub(crate) fn new(
        storage: &Arc<Counting>,
        clock: &Arc<dyn Clock>,
        settings: &WritingSettings,
        metrics: &MetricsSettings,
    ) -> Result<Self, SandboxError> {
        let counted: Arc<dyn Storage> = storage.clone();
        let read_settings = ReadSettings {
            memory_cache_bytes: settings.memory_cache_bytes,
            disk_cache: None,
            ..ReadSettings::default()
        };
        let limits = Limits { timeout: settings.timeout, ..Limits::default() };
        let limits = limits.with_request_memory(settings.request_memory_bytes);
        let functions = match settings.publishing {
            true => ManagedFunctions::of_store(&counted, clock, &settings.trust)?,
            false => ManagedFunctions::none(),
        };
        let parts = Parts {
            reader: Arc::new(SplitReader::new(Arc::clone(&counted), read_settings)),
            functions: functions.resolver,
            catalog: functions.catalog,
            engine: Engine::new(limits, Arc::clone(clock)).with_document_indexer(Arc::new(MemoryIndexer::new(clock))),
            clock: Arc::clone(clock),
        };
        let merges = Arc::new(BeforeTheAnswer::default());
        let merging = MergeOptions { split_bytes: MERGED_SPLIT_BYTES, ..MergeOptions::in_background() };
        let commits = CommitSettings { merging, ..CommitSettings::default() };
        let writes = Writes::new(WriteParts {
            storage: counted,
            registry: functions.registry,
            logged_functions: functions.logged,
            clock: Arc::clone(clock),
        });
        let writes = writes.with_commits(commits, Some(merges.clone()));
        let service_settings = Settings { product_header: settings.product_header, ..Settings::default() };
        let service = Service::new(parts, service_settings).with_writes(Arc::new(writes));
        let (storage, clock, metrics) = (Arc::clone(storage), Arc::clone(clock), Metrics::new(metrics));
        let statistics = StatisticsLog::default();
        Ok(Writing { http: HttpEvents { storage, service, clock, metrics, statistics }, merges })
    }

    /// Answers the request of an event before Lambda's deadline, in milliseconds since the Unix epoch. Every error is a response.
    pub(crate) async fn handle(
        &self,
        request: Result<(Request<Bytes>, Format), EventError>,
        deadline_millis: u64,
    ) -> Box<RawValue> {
        let answer = self.http.handle(request, deadline_millis).await;
        let clock = &*self.http.clock;
        self.merges.run(clock, time_left(clock, deadline_millis).min(MERGE_TIME)).await;
        answer
    }
}
