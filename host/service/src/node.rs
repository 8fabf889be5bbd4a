//! What this process says about itself where clients ask about a cluster: it is the only node.

/// Name of the cluster.
pub(crate) const CLUSTER_NAME: &str = "quidditch";

/// Id and name of the node.
pub(crate) const NODE_ID: &str = "quidditch";
pub(crate) const NODE_NAME: &str = "quidditch";

/// Clients do not connect to it: they use the address that they have.
pub(crate) const NODE_ADDRESS: &str = "127.0.0.1";

pub(crate) const NODE_ROLE: &str = "data";

/// The version of OpenSearch whose API this is.
pub(crate) const API_VERSION: &str = "2.19.0";

/// The version of Elasticsearch whose API is closest, for its clients.
pub(crate) const ELASTICSEARCH_VERSION: &str = "7.17.0";
