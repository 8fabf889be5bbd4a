//! The format of an event and of its answer.

/// The format of an event, and of the answer that its sender expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Payload format 2.0: function URLs, and API Gateway's HTTP APIs.
    Two,
    /// Payload format 1.0 of API Gateway's HTTP APIs.
    One,
    /// API Gateway's REST APIs.
    Rest,
    /// Application load balancers.
    LoadBalancer,
    /// Application load balancers with multi-value headers.
    MultiValueLoadBalancer,
}

/// Maximum size of an answer: Lambda's limit.
const LAMBDA_BYTES: usize = 6 << 20;

/// Maximum size of an answer for a load balancer: its limit.
const LOAD_BALANCER_BYTES: usize = 1 << 20;

impl Format {
    /// Maximum size of the JSON of an answer.
    pub(crate) fn max_answer_bytes(self) -> usize {
        if self.is_load_balancer() { LOAD_BALANCER_BYTES } else { LAMBDA_BYTES }
    }

    /// Whether bodies may be compressed, and so be base64 in the answer. A REST API decodes them only if its binaryMediaTypes
    /// are configured for it, and otherwise sends base64 to the client.
    pub(crate) fn may_compress(self) -> bool {
        self != Format::Rest
    }

    pub(crate) fn is_load_balancer(self) -> bool {
        matches!(self, Format::LoadBalancer | Format::MultiValueLoadBalancer)
    }
}
