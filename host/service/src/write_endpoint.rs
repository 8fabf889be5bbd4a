//! Routes that change something.

/// What a route that changes something does: the file of that name in the crate that answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteEndpoint {
    /// Refuses to close an index.
    CloseIndex,
    /// Creates an index.
    CreateIndex,
    /// Removes aliases of indices.
    DeleteAlias,
    /// Removes component templates.
    DeleteComponentTemplate,
    /// Deletes indices.
    DeleteIndex,
    /// Removes index templates.
    DeleteIndexTemplate,
    /// Removes a stored script.
    DeleteScript,
    /// Refuses to open an index, since none is closed.
    OpenIndex,
    /// Adds an alias to indices.
    PutAlias,
    /// Stores a component template.
    PutComponentTemplate,
    /// Stores an index template.
    PutIndexTemplate,
    /// Adds fields to indices.
    PutMapping,
    /// Stores a script.
    PutScript,
    /// Changes settings of indices.
    PutSettings,
    /// Shows what an index of a name would get from the templates.
    SimulateIndex,
    /// Shows what an index would get from a template.
    SimulateTemplate,
    /// Changes several aliases together.
    UpdateAliases,
}

/// A path with the names of [`crate::router`], the methods, and what they do.
type WriteRoute = (&'static str, &'static [&'static str], WriteEndpoint);

const PUT: &[&str] = &["PUT"];
const POST: &[&str] = &["POST"];
const DELETE: &[&str] = &["DELETE"];
const PUT_POST: &[&str] = &["POST", "PUT"];

/// The routes that change something, sorted.
pub(crate) const WRITE_ROUTES: &[WriteRoute] = &[
    ("/_alias", PUT, WriteEndpoint::PutAlias),
    ("/_alias/{name}", PUT_POST, WriteEndpoint::PutAlias),
    ("/_aliases", POST, WriteEndpoint::UpdateAliases),
    ("/_component_template/{name}", PUT_POST, WriteEndpoint::PutComponentTemplate),
    ("/_component_template/{name}", DELETE, WriteEndpoint::DeleteComponentTemplate),
    ("/_index_template/_simulate", POST, WriteEndpoint::SimulateTemplate),
    ("/_index_template/_simulate/{name}", POST, WriteEndpoint::SimulateTemplate),
    ("/_index_template/_simulate_index/{name}", POST, WriteEndpoint::SimulateIndex),
    ("/_index_template/{name}", PUT_POST, WriteEndpoint::PutIndexTemplate),
    ("/_index_template/{name}", DELETE, WriteEndpoint::DeleteIndexTemplate),
    ("/_mapping", PUT_POST, WriteEndpoint::PutMapping),
    ("/_scripts/{id}", PUT_POST, WriteEndpoint::PutScript),
    ("/_scripts/{id}", DELETE, WriteEndpoint::DeleteScript),
    ("/_scripts/{id}/{context}", PUT_POST, WriteEndpoint::PutScript),
    ("/_settings", PUT, WriteEndpoint::PutSettings),
    ("/{index}", PUT, WriteEndpoint::CreateIndex),
    ("/{index}", DELETE, WriteEndpoint::DeleteIndex),
    ("/{index}/_alias", PUT, WriteEndpoint::PutAlias),
    ("/{index}/_alias/{name}", PUT_POST, WriteEndpoint::PutAlias),
    ("/{index}/_alias/{name}", DELETE, WriteEndpoint::DeleteAlias),
    ("/{index}/_aliases", PUT, WriteEndpoint::PutAlias),
    ("/{index}/_aliases/{name}", PUT_POST, WriteEndpoint::PutAlias),
    ("/{index}/_aliases/{name}", DELETE, WriteEndpoint::DeleteAlias),
    ("/{index}/_close", POST, WriteEndpoint::CloseIndex),
    ("/{index}/_mapping", PUT_POST, WriteEndpoint::PutMapping),
    ("/{index}/_mappings", PUT_POST, WriteEndpoint::PutMapping),
    ("/{index}/_open", POST, WriteEndpoint::OpenIndex),
    ("/{index}/_settings", PUT, WriteEndpoint::PutSettings),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(WRITE_ROUTES.is_sorted_by(|(left, ..), (right, ..)| left <= right));
    }
}
