//! What a request may ask for.

use std::time::Duration;

/// Limits of one search. Plain values; a request over one of them is refused before anything runs.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Greatest `from + size`, in hits. Every segment keeps that many candidates in memory; 10,000 is what clients know.
    pub max_result_window: usize,
    /// Deepest nesting of queries. Parsing and planning recurse, so this bounds the stack; 30 is what clients know.
    pub max_query_depth: usize,
    /// Most clauses in one request, over all levels; 1,024 is what clients know.
    pub max_clauses: usize,
    /// Most values of one `terms` or `ids` query; 65,536 is what clients know.
    pub max_terms: usize,
    /// Most function clauses in one request. Each holds an instance for each worker.
    pub max_functions: usize,
    /// Time of all functions of one request together, over all workers. Two seconds hold some 10^8 documents of a cheap
    /// function, and a request that needs more is better turned down than waited for.
    pub max_function_time: Duration,
    /// How long a search may take; after it comes what was found so far. A request may have a shorter `timeout`.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_result_window: 10_000,
            max_query_depth: 30,
            max_clauses: 1_024,
            max_terms: 65_536,
            max_functions: 32,
            max_function_time: Duration::from_secs(2),
            timeout: Duration::from_secs(30),
        }
    }
}
