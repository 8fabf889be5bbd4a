//! What the method and the path of a request lead to.

use http::Method;

use crate::access::{Access, access_of};
use crate::error::ApiError;
use crate::router::{Endpoint, PathNames, route};
use crate::write_endpoint::WriteEndpoint;
use crate::{Service, Settings};

/// What the method and the path of a request lead to, and what a host needs to know of it before it reads the body.
pub struct ResolvedRoute {
    pub(crate) found: Result<(Endpoint, PathNames), ApiError>,
    access: Access,
    body_limit: usize,
    pub(crate) body_form: BodyForm,
}

/// What a route takes as the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyForm {
    Text,
    Component,
    /// Parts of a text.
    Parts,
}

/// How the body of a request is processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadsBody {
    /// When all of it has arrived.
    Whole,
    /// While it arrives.
    InPieces,
}

/// What kind of request it is, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// It searches, or counts what a search would find.
    Search,
    /// It reads something else, or is for no route.
    Read,
    /// It changes something.
    Write,
}

impl RequestKind {
    /// All kinds.
    pub const ALL: [RequestKind; 3] = [RequestKind::Search, RequestKind::Read, RequestKind::Write];

    /// The name, as in metrics.
    pub fn name(self) -> &'static str {
        match self {
            RequestKind::Search => "search",
            RequestKind::Read => "read",
            RequestKind::Write => "write",
        }
    }
}

impl ResolvedRoute {
    /// What kind of request it is.
    pub fn kind(&self) -> RequestKind {
        match &self.found {
            Ok((
                Endpoint::Search
                | Endpoint::SearchTemplate
                | Endpoint::Msearch
                | Endpoint::MsearchTemplate
                | Endpoint::Scroll
                | Endpoint::Count
                | Endpoint::RankEval,
                _,
            )) => RequestKind::Search,
            _ if self.access == Access::Read => RequestKind::Read,
            _ => RequestKind::Write,
        }
    }

    /// The path with places instead of names, such as `/{index}/_search`; `None` if the request is for no route.
    pub fn pattern(&self) -> Option<&'static str> {
        self.found.as_ref().ok().map(|(_, names)| names.pattern())
    }

    /// The indices that the path names, as it does.
    pub fn index(&self) -> Option<&str> {
        self.found.as_ref().ok().and_then(|(_, names)| names.get("index"))
    }

    /// What the caller must be allowed to do. A request for no route needs the least: its answer is an error.
    pub fn access(&self) -> Access {
        self.access
    }

    /// Most bytes of the body, before and after decompression.
    pub fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// How the body is processed.
    pub fn reads_body(&self) -> ReadsBody {
        if self.body_form == BodyForm::Parts { ReadsBody::InPieces } else { ReadsBody::Whole }
    }
}

impl Service {
    /// Finds what a request leads to, for [`Service::handle_routed`].
    pub fn route(&self, method: &Method, path: &str) -> ResolvedRoute {
        let found = route(method, path);
        let Settings { body_bytes, write_body_bytes, .. } = *self.settings();
        // Without writes, the request is refused.
        let write = match &found {
            Ok((Endpoint::Write(endpoint), _)) if self.writes.is_some() => Some(*endpoint),
            _ => None,
        };
        ResolvedRoute {
            access: access_to(&found),
            body_limit: if write.is_some() { write_body_bytes } else { body_bytes },
            body_form: match (&found, write) {
                (_, Some(WriteEndpoint::Bulk)) => BodyForm::Parts,
                (Ok((Endpoint::Write(WriteEndpoint::PutFunction), _)), _) => BodyForm::Component,
                _ => BodyForm::Text,
            },
            found,
        }
    }
}

/// A request for no route needs the least: its answer is an error.
fn access_to(found: &Result<(Endpoint, PathNames), ApiError>) -> Access {
    found.as_ref().map_or(Access::Read, |(endpoint, _)| access_of(*endpoint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_for_no_route_needs_the_least_access() {
        let access = |path: &str| access_to(&route(&Method::PUT, path));
        assert_eq!(access("/nothing/here/at/all"), Access::Read);
        assert_eq!(access("/a"), Access::Write);
    }
}
