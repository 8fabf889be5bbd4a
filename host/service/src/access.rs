//! What a caller must be allowed to do for a request.

use crate::router::Endpoint;
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

/// What the caller of a request to an endpoint must be allowed to do.
pub(crate) fn access_of(endpoint: Endpoint) -> Access {
    match endpoint {
        Endpoint::Write(
            WriteEndpoint::PutScript
            | WriteEndpoint::DeleteScript
            | WriteEndpoint::PutFunction
            | WriteEndpoint::YankFunction,
        ) => Access::Publish,
        Endpoint::Write(WriteEndpoint::ExecuteScript | WriteEndpoint::TestFunction) => Access::Read,
        Endpoint::Write(_) => Access::Write,
        _ => Access::Read,
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::router::route;

    fn needed(method: &Method, path: &str) -> Access {
        access_of(route(method, path).expect("known").0)
    }

    #[test]
    fn every_request_needs_some_access() {
        assert_eq!(needed(&Method::POST, "/a/_search"), Access::Read);
        assert_eq!(needed(&Method::GET, "/a"), Access::Read);
        assert_eq!(needed(&Method::PUT, "/a"), Access::Write);
        assert_eq!(needed(&Method::DELETE, "/_scripts/s"), Access::Publish);
        assert_eq!(needed(&Method::POST, "/_scripts/painless/_execute"), Access::Read);
        assert_eq!(needed(&Method::PUT, "/_udf/f/1.0.0"), Access::Publish);
        assert_eq!(needed(&Method::DELETE, "/_udf/f/1.0.0"), Access::Publish);
        assert_eq!(needed(&Method::GET, "/_udf/f/1.0.0"), Access::Read);
        assert_eq!(needed(&Method::POST, "/_udf/f/_test"), Access::Read);
    }
}
