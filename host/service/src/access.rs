//! What a caller must be allowed to do for a request.

use http::Method;

use crate::router::{Endpoint, route};
use crate::write_endpoint::WriteEndpoint;

/// What a caller must be allowed to do for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// To read.
    Read,
    /// To change indices.
    Write,
    /// To store what requests of others run: scripts and functions.
    Publish,
}

/// What the caller of a request must be allowed to do. A request for no route needs the least: its answer is an error.
pub fn needed_access(method: &Method, path: &str) -> Access {
    match route(method, path) {
        Ok((Endpoint::Write(WriteEndpoint::PutScript | WriteEndpoint::DeleteScript), _)) => Access::Publish,
        Ok((Endpoint::Write(WriteEndpoint::ExecuteScript), _)) => Access::Read,
        Ok((Endpoint::Write(_), _)) => Access::Write,
        _ => Access::Read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_needs_some_access() {
        assert_eq!(needed_access(&Method::POST, "/a/_search"), Access::Read);
        assert_eq!(needed_access(&Method::GET, "/a"), Access::Read);
        assert_eq!(needed_access(&Method::PUT, "/a"), Access::Write);
        assert_eq!(needed_access(&Method::DELETE, "/_scripts/s"), Access::Publish);
        assert_eq!(needed_access(&Method::POST, "/_scripts/painless/_execute"), Access::Read);
        assert_eq!(needed_access(&Method::PUT, "/nothing/here/at/all"), Access::Read);
    }
}
