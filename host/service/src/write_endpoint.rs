//! Routes that change something, or that need code which only programs with write access have.

/// What a route that changes something does: the file of that name in the crate that answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteEndpoint {
    /// Writes and deletes several documents.
    Bulk,
    /// Refuses to close an index.
    CloseIndex,
    /// Stores a document unless there is one with its `_id`.
    CreateDocument,
    /// Creates an index.
    CreateIndex,
    /// Removes aliases of indices.
    DeleteAlias,
    /// Deletes the documents that match.
    DeleteByQuery,
    /// Removes component templates.
    DeleteComponentTemplate,
    /// Deletes a document.
    DeleteDocument,
    /// Deletes indices.
    DeleteIndex,
    /// Removes index templates.
    DeleteIndexTemplate,
    /// Removes a stored script.
    DeleteScript,
    /// Runs a script on a document of the request.
    ExecuteScript,
    /// Merges the splits of indices.
    ForceMerge,
    /// Stores a document.
    IndexDocument,
    /// Refuses to open an index, since none is closed.
    OpenIndex,
    /// Adds an alias to indices.
    PutAlias,
    /// Stores a component template.
    PutComponentTemplate,
    /// Stores an index template.
    PutIndexTemplate,
    /// Publishes a component.
    PutFunction,
    /// Adds fields to indices.
    PutMapping,
    /// Stores a script.
    PutScript,
    /// Changes settings of indices.
    PutSettings,
    /// Makes the next request see what other processes have written.
    Refresh,
    /// Copies documents to another index.
    Reindex,
    /// Shows what an index of a name would get from the templates.
    SimulateIndex,
    /// Shows what an index would get from a template.
    SimulateTemplate,
    /// Runs a published function on documents of the request.
    TestFunction,
    /// Changes several aliases together.
    UpdateAliases,
    /// Indexes the documents that match again.
    UpdateByQuery,
    /// Changes a part of a document.
    UpdateDocument,
    /// Yanks a version of a function.
    YankFunction,
}

/// A path with the names of [`crate::router`], the methods, and what they do.
type WriteRoute = (&'static str, &'static [&'static str], WriteEndpoint);

const PUT: &[&str] = &["PUT"];
const POST: &[&str] = &["POST"];
const DELETE: &[&str] = &["DELETE"];
const PUT_POST: &[&str] = &["POST", "PUT"];
const GET_POST: &[&str] = &["GET", "POST"];

/// The routes that change something, sorted.
pub(crate) const WRITE_ROUTES: &[WriteRoute] = &[
    ("/_alias", PUT, WriteEndpoint::PutAlias),
    ("/_alias/{name}", PUT_POST, WriteEndpoint::PutAlias),
    ("/_aliases", POST, WriteEndpoint::UpdateAliases),
    ("/_bulk", PUT_POST, WriteEndpoint::Bulk),
    ("/_component_template/{name}", PUT_POST, WriteEndpoint::PutComponentTemplate),
    ("/_component_template/{name}", DELETE, WriteEndpoint::DeleteComponentTemplate),
    ("/_forcemerge", POST, WriteEndpoint::ForceMerge),
    ("/_index_template/_simulate", POST, WriteEndpoint::SimulateTemplate),
    ("/_index_template/_simulate/{name}", POST, WriteEndpoint::SimulateTemplate),
    ("/_index_template/_simulate_index/{name}", POST, WriteEndpoint::SimulateIndex),
    ("/_index_template/{name}", PUT_POST, WriteEndpoint::PutIndexTemplate),
    ("/_index_template/{name}", DELETE, WriteEndpoint::DeleteIndexTemplate),
    ("/_mapping", PUT_POST, WriteEndpoint::PutMapping),
    ("/_refresh", GET_POST, WriteEndpoint::Refresh),
    ("/_reindex", POST, WriteEndpoint::Reindex),
    ("/_scripts/painless/_execute", GET_POST, WriteEndpoint::ExecuteScript),
    ("/_scripts/{id}", PUT_POST, WriteEndpoint::PutScript),
    ("/_scripts/{id}", DELETE, WriteEndpoint::DeleteScript),
    ("/_scripts/{id}/{context}", PUT_POST, WriteEndpoint::PutScript),
    ("/_settings", PUT, WriteEndpoint::PutSettings),
    ("/_udf/{name}/_test", POST, WriteEndpoint::TestFunction),
    ("/_udf/{name}/{version}", PUT, WriteEndpoint::PutFunction),
    ("/_udf/{name}/{version}", DELETE, WriteEndpoint::YankFunction),
    ("/{index}", PUT, WriteEndpoint::CreateIndex),
    ("/{index}", DELETE, WriteEndpoint::DeleteIndex),
    ("/{index}/_alias", PUT, WriteEndpoint::PutAlias),
    ("/{index}/_alias/{name}", PUT_POST, WriteEndpoint::PutAlias),
    ("/{index}/_alias/{name}", DELETE, WriteEndpoint::DeleteAlias),
    ("/{index}/_aliases", PUT, WriteEndpoint::PutAlias),
    ("/{index}/_aliases/{name}", PUT_POST, WriteEndpoint::PutAlias),
    ("/{index}/_aliases/{name}", DELETE, WriteEndpoint::DeleteAlias),
    ("/{index}/_bulk", PUT_POST, WriteEndpoint::Bulk),
    ("/{index}/_close", POST, WriteEndpoint::CloseIndex),
    ("/{index}/_create/{id}", PUT_POST, WriteEndpoint::CreateDocument),
    ("/{index}/_delete_by_query", POST, WriteEndpoint::DeleteByQuery),
    ("/{index}/_doc", POST, WriteEndpoint::IndexDocument),
    ("/{index}/_doc/{id}", PUT_POST, WriteEndpoint::IndexDocument),
    ("/{index}/_doc/{id}", DELETE, WriteEndpoint::DeleteDocument),
    ("/{index}/_forcemerge", POST, WriteEndpoint::ForceMerge),
    ("/{index}/_mapping", PUT_POST, WriteEndpoint::PutMapping),
    ("/{index}/_mappings", PUT_POST, WriteEndpoint::PutMapping),
    ("/{index}/_open", POST, WriteEndpoint::OpenIndex),
    ("/{index}/_refresh", GET_POST, WriteEndpoint::Refresh),
    ("/{index}/_settings", PUT, WriteEndpoint::PutSettings),
    ("/{index}/_update/{id}", POST, WriteEndpoint::UpdateDocument),
    ("/{index}/_update_by_query", POST, WriteEndpoint::UpdateByQuery),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(WRITE_ROUTES.is_sorted_by(|(left, ..), (right, ..)| left <= right));
    }
}
