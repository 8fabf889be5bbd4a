//! From a request that changes something to its answer.

use async_trait::async_trait;
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, WriteEndpoint, WriteRoutes};

use crate::create_index::create_index;
use crate::delete_index::delete_index;
use crate::documents::{
    bulk, create_document, delete_by_query, delete_document, force_merge, index_document, refresh, reindex,
    update_by_query, update_document,
};
use crate::functions::{put_function, test_function, yank_function};
use crate::open_close::{close_index, open_index};
use crate::put_mapping::put_mapping;
use crate::put_settings::put_settings;
use crate::scripts::{delete_script, execute_script, put_script};
use crate::templates::{
    delete_component_template, delete_index_template, put_component_template, put_index_template, simulate_index,
    simulate_template,
};
use crate::update_aliases::{delete_alias, put_alias, update_aliases};
use crate::writes::Writes;

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
            WriteEndpoint::ExecuteScript => execute_script(self, service, call).await,
            WriteEndpoint::ForceMerge => force_merge(self, service, call).await,
            WriteEndpoint::IndexDocument => index_document(self, service, call).await,
            WriteEndpoint::OpenIndex => open_index(service, call).await,
            WriteEndpoint::PutAlias => put_alias(self, service, call).await,
            WriteEndpoint::PutComponentTemplate => put_component_template(self, service, call).await,
            WriteEndpoint::PutFunction => put_function(self, call).await,
            WriteEndpoint::PutIndexTemplate => put_index_template(self, service, call).await,
            WriteEndpoint::PutMapping => put_mapping(self, service, call).await,
            WriteEndpoint::PutScript => put_script(self, call).await,
            WriteEndpoint::PutSettings => put_settings(self, service, call).await,
            WriteEndpoint::Refresh => refresh(service, call).await,
            WriteEndpoint::Reindex => reindex(self, service, call).await,
            WriteEndpoint::SimulateIndex => simulate_index(self, service, call).await,
            WriteEndpoint::SimulateTemplate => simulate_template(self, service, call).await,
            WriteEndpoint::TestFunction => test_function(self, service, call).await,
            WriteEndpoint::UpdateAliases => update_aliases(self, service, call).await,
            WriteEndpoint::UpdateByQuery => update_by_query(self, service, call).await,
            WriteEndpoint::UpdateDocument => update_document(self, service, call).await,
            WriteEndpoint::YankFunction => yank_function(self, call).await,
        }
    }
}
