//! What a request may ask for.

use std::time::Duration;

/// Most bytes of the hits of one response, however much memory there is. 100 MiB: the longest body that clients usually accept.
const MAX_HITS_BYTES: u64 = 100 << 20;

/// Most bytes of the aggregations of one request, however much memory there is. 100 MB hold some millions of buckets, and leave
/// room for other requests.
const MAX_AGGREGATION_BYTES: u64 = 100_000_000;

/// Limits of one request. Plain values. What the text of a request says is checked before anything runs.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Greatest `from + size`, in hits. Every segment keeps that many candidates in memory; 10,000 is what clients expect.
    pub max_result_window: usize,
    /// Deepest nesting of queries. Parsing and planning recurse, so this bounds the stack; 30 is what clients expect.
    pub max_query_depth: usize,
    /// Most clauses in one request, over all levels; 1,024 is what clients expect.
    pub max_clauses: usize,
    /// Most values of one `terms` or `ids` query; 65,536 is what clients expect.
    pub max_terms: usize,
    /// Most function clauses in one request. Each holds an instance for each worker.
    pub max_functions: usize,
    /// Most documents that the queries of one request name to use their values. Each is a read, and another index is opened for it.
    pub max_lookups: usize,
    /// Most documents of all `percolate` queries of one request. Each is indexed in memory; 100 make a batch that takes as long as a search.
    pub max_percolated_documents: usize,
    /// Most stored queries of an index that a `percolate` query runs. Each is a search over the documents of the request; 10,000: as many
    /// hits as clients may ask for.
    pub max_percolated_queries: usize,
    /// Most aggregations in one request, over all levels. Each holds columns of every segment.
    pub max_aggregations: usize,
    /// Deepest nesting of aggregations. Planning and answering recurse, so this bounds the stack.
    pub max_aggregation_depth: usize,
    /// Greatest `from + size` of a `top_hits`, in hits of each bucket; 100 is what clients expect.
    pub max_inner_result_window: usize,
    /// Most documents whose texts one `significant_text` reads. 10,000: as many hits as clients may ask for.
    pub max_analyzed_documents: usize,
    /// Most items of `docvalue_fields`; 100 is what clients expect.
    pub max_docvalue_fields: usize,
    /// Most `script_fields`; 32 is what clients expect.
    pub max_script_fields: usize,
    /// Most items of `fields`, and of `fields` of `highlight`: 1,000, as many as a mapping has fields at most, as clients expect it.
    pub max_fetched_fields: usize,
    /// Most buckets of one response, over all levels; 65,535 is what clients expect.
    pub max_buckets: usize,
    /// Memory of all aggregations of one request together, in bytes.
    pub max_aggregation_bytes: u64,
    /// Time of all functions of one request together, over all workers. Two seconds hold some 10^8 documents of a cheap
    /// function, and a request that needs more is better turned down than waited for.
    pub max_function_time: Duration,
    /// Most bytes of memory of the instances of all functions of one request together, over all workers. 1 GiB: 16 instances
    /// with as much memory as the sandbox allows each.
    pub max_function_memory_bytes: u64,
    /// Most bytes of an index that one request may hold: posting lists, columns and stored documents. They are counted before
    /// they are read. 1 GiB: far more than a search reads of an index of 100 GB, and a request cannot take all memory.
    pub max_read_bytes: u64,
    /// Most bytes that one request may use while it runs: candidates with the keys that they are sorted by, and columns for
    /// functions. 512 MiB: ten times what 10,000 hits with long keys take in ten splits.
    pub max_memory_bytes: u64,
    /// Most bytes of the hits of one response: their sources, their ids and the values that they were sorted by. While the
    /// response is written, it exists several times. 100 MiB: as much as clients usually accept.
    pub max_hits_bytes: u64,
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
            max_lookups: 100,
            max_percolated_documents: 100,
            max_percolated_queries: 10_000,
            max_aggregations: 256,
            max_aggregation_depth: 20,
            max_inner_result_window: 100,
            max_analyzed_documents: 10_000,
            max_docvalue_fields: 100,
            max_script_fields: 32,
            max_fetched_fields: 1_000,
            max_buckets: 65_535,
            max_aggregation_bytes: MAX_AGGREGATION_BYTES,
            max_function_time: Duration::from_secs(2),
            max_function_memory_bytes: 1 << 30,
            max_read_bytes: 1 << 30,
            max_memory_bytes: 512 << 20,
            max_hits_bytes: MAX_HITS_BYTES,
            timeout: Duration::from_secs(30),
        }
    }
}

impl Limits {
    /// The same limits with those of memory replaced, for requests that may use this many bytes: half of them for what they
    /// read, as much for their functions, a quarter for candidates and columns, and an eighth each for the hits and for what
    /// aggregations keep. The rest is for the response, which is written while the hits are still in memory.
    #[must_use]
    pub fn with_request_memory(self, bytes: u64) -> Self {
        Limits {
            max_function_memory_bytes: bytes / 2,
            max_read_bytes: bytes / 2,
            max_memory_bytes: bytes / 4,
            max_hits_bytes: (bytes / 8).min(MAX_HITS_BYTES),
            max_aggregation_bytes: (bytes / 8).min(MAX_AGGREGATION_BYTES),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_limits_are_those_of_2_gib() {
        let limits = |limits: Limits| {
            let Limits { max_function_memory_bytes, max_read_bytes, max_memory_bytes, .. } = limits;
            let Limits { max_hits_bytes, max_aggregation_bytes, .. } = limits;
            [max_function_memory_bytes, max_read_bytes, max_memory_bytes, max_hits_bytes, max_aggregation_bytes]
        };
        assert_eq!(limits(Limits::default().with_request_memory(2 << 30)), limits(Limits::default()));
        assert_eq!(
            limits(Limits::default().with_request_memory(64 << 20)),
            [32 << 20, 32 << 20, 16 << 20, 8 << 20, 8 << 20]
        );
    }
}
