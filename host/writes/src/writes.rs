//! From a request that changes something to its answer.

use std::sync::Arc;

use async_trait::async_trait;
use quidditch_clock::Clock;
use quidditch_registry::Registry;
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, WriteEndpoint, WriteRoutes};
use quidditch_storage::Storage;

use crate::commits::{Background, CommitParts, CommitSettings, Committer};
use crate::create_index::create_index;
use crate::delete_index::delete_index;
use crate::documents::{
    bulk, create_document, delete_by_query, delete_document, force_merge, index_document, refresh, reindex, update_by_query,
    update_document,
};
use crate::open_close::{close_index, open_index};
use crate::put_mapping::put_mapping;
use crate::put_settings::put_settings;
use crate::scripts::{delete_script, put_script};
use crate::templates::{
    delete_component_template, delete_index_template, put_component_template, put_index_template, simulate_index,
    simulate_template,
};
use crate::update_aliases::{delete_alias, put_alias, update_aliases};

/// What [`Writes`] is built from.
pub struct WriteParts {
    /// Where indices, aliases and templates are stored.
    pub storage: Arc<dyn Storage>,
    /// Stores scripts.
    pub registry: Arc<Registry>,
    /// The time of changes.
    pub clock: Arc<dyn Clock>,
}

/// Answers the requests that change something.
pub struct Writes {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) committer: Committer,
}

impl Writes {
    /// Creates it. Nothing is read or written before the first request.
    pub fn new(parts: WriteParts) -> Self {
        let WriteParts { storage, registry, clock } = parts;
        let commits = CommitParts { storage: Arc::clone(&storage), clock: Arc::clone(&clock), background: None };
        let committer = Committer::new(commits, CommitSettings::default());
        Writes { storage, registry, clock, committer }
    }

    /// Commits documents with other settings, and merges splits in the background.
    #[must_use]
    pub fn with_commits(self, settings: CommitSettings, background: Option<Arc<dyn Background>>) -> Self {
        let parts = CommitParts { storage: Arc::clone(&self.storage), clock: Arc::clone(&self.clock), background };
        Writes { committer: Committer::new(parts, settings), ..self }
    }
}

#[async_trait]
impl WriteRoutes for Writes {
    async fn answer(&self, service: &Service, endpoint: WriteEndpoint, call: Call) -> Result<Answer, ApiError> {
        match endpoint {
            WriteEndpoint::Bulk => bulk(self, service, call).await,
            WriteEndpoint::CloseIndex => close_index(service, call).await,
            WriteEndpoint::CreateDocument => create_document(self, service, call).await,
            WriteEndpoint::CreateIndex => create_index(self, service, call).await,
            WriteEndpoint::DeleteAlias => delete_alias(self, service, call).await,
            WriteEndpoint::DeleteByQuery => delete_by_query(self, service, call).await,
            WriteEndpoint::DeleteComponentTemplate => delete_component_template(self, call).await,
            WriteEndpoint::DeleteDocument => delete_document(self, service, call).await,
            WriteEndpoint::DeleteIndex => delete_index(self, service, call).await,
            WriteEndpoint::DeleteIndexTemplate => delete_index_template(self, call).await,
            WriteEndpoint::DeleteScript => delete_script(self, call).await,
            WriteEndpoint::ForceMerge => force_merge(self, service, call).await,
            WriteEndpoint::IndexDocument => index_document(self, service, call).await,
            WriteEndpoint::OpenIndex => open_index(service, call).await,
            WriteEndpoint::PutAlias => put_alias(self, service, call).await,
            WriteEndpoint::PutComponentTemplate => put_component_template(self, service, call).await,
            WriteEndpoint::PutIndexTemplate => put_index_template(self, service, call).await,
            WriteEndpoint::PutMapping => put_mapping(self, service, call).await,
            WriteEndpoint::PutScript => put_script(self, call).await,
            WriteEndpoint::PutSettings => put_settings(self, service, call).await,
            WriteEndpoint::Refresh => refresh(service, call).await,
            WriteEndpoint::Reindex => reindex(self, service, call).await,
            WriteEndpoint::SimulateIndex => simulate_index(self, call).await,
            WriteEndpoint::SimulateTemplate => simulate_template(self, call).await,
            WriteEndpoint::UpdateAliases => update_aliases(self, service, call).await,
            WriteEndpoint::UpdateByQuery => update_by_query(self, service, call).await,
            WriteEndpoint::UpdateDocument => update_document(self, service, call).await,
        }
    }
}
