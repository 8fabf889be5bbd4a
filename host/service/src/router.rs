//! Finds the endpoint for a method and a path, in a table of routes.

use std::collections::BTreeSet;

use http::Method;
use percent_encoding::percent_decode_str;

use crate::error::ApiError;
use crate::write_endpoint::{WRITE_ROUTES, WriteEndpoint};

/// What a route does: the file of that name in `routes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Alias,
    Analyze,
    Cat,
    CatAliases,
    CatCount,
    CatHealth,
    CatIndices,
    CatNodes,
    CatSegments,
    CatShards,
    ClearCache,
    ClusterHealth,
    ClusterSettings,
    ClusterStats,
    ComponentTemplates,
    Count,
    Document,
    Explain,
    FieldCaps,
    Flush,
    Function,
    FunctionStats,
    FunctionVersion,
    Functions,
    Health,
    Index,
    IndexTemplates,
    Mapping,
    MappingField,
    Mget,
    Msearch,
    MsearchTemplate,
    MtermVectors,
    Nodes,
    NodesStats,
    PendingTasks,
    PointInTime,
    PointsInTime,
    RankEval,
    RenderTemplate,
    ResolveIndex,
    Root,
    Scroll,
    Search,
    SearchTemplate,
    Settings,
    Source,
    Stats,
    StoredScript,
    TermVectors,
    Validate,
    /// Changes something: a host that may do so answers it.
    Write(WriteEndpoint),
}

/// A path, the methods that it supports, and what it does.
struct Route(&'static str, Methods, Endpoint);

#[derive(Clone, Copy)]
enum Methods {
    /// `GET`, and `HEAD`, which is `GET` without the body.
    Get,
    /// The same and `POST`, for requests with a body.
    GetPost,
    /// To make something, which has no other use.
    Post,
    /// To remove something, which has no other use.
    Delete,
    /// To read and to remove.
    GetDelete,
    /// To read with a body, and to remove.
    GetPostDelete,
}

use Methods::{Delete, Get, GetDelete, GetPost, GetPostDelete, Post};

/// The routes. `{index}` is the name of an index or an alias, or a list or pattern of names: it does not begin with an
/// underscore, except in `_all`. Other names in braces are any text.
const ROUTES: &[Route] = &[
    Route("/", Get, Endpoint::Root),
    Route("/_alias", Get, Endpoint::Alias),
    Route("/_alias/{name}", Get, Endpoint::Alias),
    Route("/_aliases", Get, Endpoint::Alias),
    Route("/_analyze", GetPost, Endpoint::Analyze),
    Route("/_cache/clear", Post, Endpoint::ClearCache),
    Route("/_cat", Get, Endpoint::Cat),
    Route("/_cat/aliases", Get, Endpoint::CatAliases),
    Route("/_cat/aliases/{name}", Get, Endpoint::CatAliases),
    Route("/_cat/count", Get, Endpoint::CatCount),
    Route("/_cat/count/{index}", Get, Endpoint::CatCount),
    Route("/_cat/health", Get, Endpoint::CatHealth),
    Route("/_cat/indices", Get, Endpoint::CatIndices),
    Route("/_cat/indices/{index}", Get, Endpoint::CatIndices),
    Route("/_cat/nodes", Get, Endpoint::CatNodes),
    Route("/_cat/segments", Get, Endpoint::CatSegments),
    Route("/_cat/segments/{index}", Get, Endpoint::CatSegments),
    Route("/_cat/shards", Get, Endpoint::CatShards),
    Route("/_cat/shards/{index}", Get, Endpoint::CatShards),
    Route("/_cluster/health", Get, Endpoint::ClusterHealth),
    Route("/_cluster/health/{index}", Get, Endpoint::ClusterHealth),
    Route("/_cluster/pending_tasks", Get, Endpoint::PendingTasks),
    Route("/_cluster/settings", Get, Endpoint::ClusterSettings),
    Route("/_cluster/stats", Get, Endpoint::ClusterStats),
    Route("/_component_template", Get, Endpoint::ComponentTemplates),
    Route("/_component_template/{name}", Get, Endpoint::ComponentTemplates),
    Route("/_count", GetPost, Endpoint::Count),
    Route("/_field_caps", GetPost, Endpoint::FieldCaps),
    Route("/_flush", GetPost, Endpoint::Flush),
    Route("/_health", Get, Endpoint::Health),
    Route("/_index_template", Get, Endpoint::IndexTemplates),
    Route("/_index_template/{name}", Get, Endpoint::IndexTemplates),
    Route("/_mapping", Get, Endpoint::Mapping),
    Route("/_mapping/field/{fields}", Get, Endpoint::MappingField),
    Route("/_mappings", Get, Endpoint::Mapping),
    Route("/_mget", GetPost, Endpoint::Mget),
    Route("/_msearch", GetPost, Endpoint::Msearch),
    Route("/_msearch/template", GetPost, Endpoint::MsearchTemplate),
    Route("/_mtermvectors", GetPost, Endpoint::MtermVectors),
    Route("/_nodes", Get, Endpoint::Nodes),
    Route("/_nodes/stats", Get, Endpoint::NodesStats),
    Route("/_nodes/stats/{metric}", Get, Endpoint::NodesStats),
    Route("/_nodes/{name}", Get, Endpoint::Nodes),
    Route("/_nodes/{name}/stats", Get, Endpoint::NodesStats),
    Route("/_nodes/{name}/{metric}", Get, Endpoint::Nodes),
    Route("/_rank_eval", GetPost, Endpoint::RankEval),
    Route("/_render/template", GetPost, Endpoint::RenderTemplate),
    Route("/_render/template/{id}", GetPost, Endpoint::RenderTemplate),
    Route("/_resolve/index/{name}", Get, Endpoint::ResolveIndex),
    Route("/_scripts/{id}", Get, Endpoint::StoredScript),
    Route("/_search", GetPost, Endpoint::Search),
    Route("/_search/point_in_time", Delete, Endpoint::PointsInTime),
    Route("/_search/point_in_time/_all", GetDelete, Endpoint::PointsInTime),
    Route("/_search/scroll", GetPostDelete, Endpoint::Scroll),
    Route("/_search/scroll/{id}", GetPostDelete, Endpoint::Scroll),
    Route("/_search/template", GetPost, Endpoint::SearchTemplate),
    Route("/_settings", Get, Endpoint::Settings),
    Route("/_settings/{name}", Get, Endpoint::Settings),
    Route("/_stats", Get, Endpoint::Stats),
    Route("/_stats/{metric}", Get, Endpoint::Stats),
    Route("/_udf", Get, Endpoint::Functions),
    Route("/_udf/_stats", Get, Endpoint::FunctionStats),
    Route("/_udf/{name}", Get, Endpoint::Function),
    Route("/_udf/{name}/_stats", Get, Endpoint::FunctionStats),
    Route("/_udf/{name}/{version}", Get, Endpoint::FunctionVersion),
    Route("/_validate/query", GetPost, Endpoint::Validate),
    Route("/{index}", Get, Endpoint::Index),
    Route("/{index}/_alias", Get, Endpoint::Alias),
    Route("/{index}/_alias/{name}", Get, Endpoint::Alias),
    Route("/{index}/_analyze", GetPost, Endpoint::Analyze),
    Route("/{index}/_cache/clear", Post, Endpoint::ClearCache),
    Route("/{index}/_count", GetPost, Endpoint::Count),
    Route("/{index}/_doc/{id}", Get, Endpoint::Document),
    Route("/{index}/_explain/{id}", GetPost, Endpoint::Explain),
    Route("/{index}/_field_caps", GetPost, Endpoint::FieldCaps),
    Route("/{index}/_flush", GetPost, Endpoint::Flush),
    Route("/{index}/_mapping", Get, Endpoint::Mapping),
    Route("/{index}/_mapping/field/{fields}", Get, Endpoint::MappingField),
    Route("/{index}/_mappings", Get, Endpoint::Mapping),
    Route("/{index}/_mget", GetPost, Endpoint::Mget),
    Route("/{index}/_msearch", GetPost, Endpoint::Msearch),
    Route("/{index}/_msearch/template", GetPost, Endpoint::MsearchTemplate),
    Route("/{index}/_mtermvectors", GetPost, Endpoint::MtermVectors),
    Route("/{index}/_rank_eval", GetPost, Endpoint::RankEval),
    Route("/{index}/_search", GetPost, Endpoint::Search),
    Route("/{index}/_search/point_in_time", Post, Endpoint::PointInTime),
    Route("/{index}/_search/template", GetPost, Endpoint::SearchTemplate),
    Route("/{index}/_settings", Get, Endpoint::Settings),
    Route("/{index}/_settings/{name}", Get, Endpoint::Settings),
    Route("/{index}/_source/{id}", Get, Endpoint::Source),
    Route("/{index}/_stats", Get, Endpoint::Stats),
    Route("/{index}/_stats/{metric}", Get, Endpoint::Stats),
    Route("/{index}/_termvectors", GetPost, Endpoint::TermVectors),
    Route("/{index}/_termvectors/{id}", GetPost, Endpoint::TermVectors),
    Route("/{index}/_validate/query", GetPost, Endpoint::Validate),
];

impl Methods {
    fn allowed(self) -> &'static [&'static str] {
        match self {
            Get => &["GET", "HEAD"],
            GetPost => &["GET", "HEAD", "POST"],
            Post => &["POST"],
            Delete => &["DELETE"],
            GetDelete => &["DELETE", "GET", "HEAD"],
            GetPostDelete => &["DELETE", "GET", "HEAD", "POST"],
        }
    }
}

/// The route of a path, and the names in the path by their places in the route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathNames {
    pattern: &'static str,
    names: Vec<(&'static str, String)>,
}

impl PathNames {
    /// The name at a place; `None` if the route has no such place.
    pub fn get(&self, place: &str) -> Option<&str> {
        self.names.iter().find(|(key, _)| *key == place).map(|(_, name)| name.as_str())
    }

    /// The route, such as `/{index}/_search`.
    pub(crate) fn pattern(&self) -> &'static str {
        self.pattern
    }
}

/// Finds the endpoint of a request.
///
/// # Errors
/// An unknown path, a method that the endpoint does not support, or a segment that is not UTF-8.
pub(crate) fn route(method: &Method, path: &str) -> Result<(Endpoint, PathNames), ApiError> {
    let unknown = || ApiError::UnknownRoute { path: path.to_owned(), method: method.clone() };
    let segments = segments(path).ok_or_else(unknown)?;
    let reads = ROUTES.iter().map(|Route(pattern, methods, endpoint)| (*pattern, methods.allowed(), *endpoint));
    let writes =
        WRITE_ROUTES.iter().map(|(pattern, methods, endpoint)| (*pattern, *methods, Endpoint::Write(*endpoint)));
    let mut allowed: BTreeSet<&str> = BTreeSet::new();
    for (pattern, methods, endpoint) in reads.chain(writes) {
        let Some(names) = names(pattern, &segments) else { continue };
        if methods.contains(&method.as_str()) {
            return Ok((endpoint, names));
        }
        allowed.extend(methods.iter().copied());
    }
    if allowed.is_empty() {
        return Err(unknown());
    }
    let allowed = allowed.into_iter().collect::<Vec<_>>().join(", ");
    Err(ApiError::WrongMethod { path: path.to_owned(), method: method.clone(), allowed })
}

/// The names of a path that has this pattern.
fn names(pattern: &'static str, segments: &[String]) -> Option<PathNames> {
    let mut names = Vec::new();
    let mut segments = segments.iter();
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let segment = segments.next()?;
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None if part == segment => {}
            Some("index") if segment.starts_with('_') && segment != "_all" => return None,
            Some(place) if !segment.is_empty() => names.push((place, segment.clone())),
            _ => return None,
        }
    }
    segments.next().is_none().then_some(PathNames { pattern, names })
}

/// The segments of a path. They are decoded after splitting, so `%2F` is part of a name. A trailing slash is ignored.
fn segments(path: &str) -> Option<Vec<String>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Some(Vec::new());
    }
    path.split('/').map(|segment| Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> String {
        match route(&Method::GET, path) {
            Ok((endpoint, PathNames { names, .. })) => {
                let names: String = names.iter().map(|(place, name)| format!(" {place}={name}")).collect();
                format!("{endpoint:?}{names}")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_table_is_sorted_and_has_no_path_twice() {
        // Sorted, `_` comes before `{`: paths of fixed names are found before those with an index.
        assert!(ROUTES.is_sorted_by(|Route(left, ..), Route(right, ..)| left < right));
    }

    #[test]
    fn known_paths_have_endpoints() {
        assert_eq!(get("/"), "Root");
        assert_eq!(get("/_health"), "Health");
        assert_eq!(get("/_cat/indices/"), "CatIndices");
        assert_eq!(get("/_udf"), "Functions");
        assert_eq!(get("/_scripts/s"), "StoredScript id=s");
        assert_eq!(get("/_udf/f"), "Function name=f");
        assert_eq!(get("/_udf/_stats"), "FunctionStats");
        assert_eq!(get("/_udf/f/_stats"), "FunctionStats name=f");
        assert_eq!(get("/_udf/f/1.0.0"), "FunctionVersion name=f version=1.0.0");
        assert_eq!(get("/cities"), "Index index=cities");
        assert_eq!(get("/cities/_mapping"), "Mapping index=cities");
        assert_eq!(get("/cities/_search"), "Search index=cities");
        assert_eq!(get("/_search"), "Search");
        assert_eq!(get("/_all/_search"), "Search index=_all");
        assert_eq!(get("/a*,-b/_count"), "Count index=a*,-b");
        assert_eq!(get("/cities/_doc/a%2Fb%20%C3%A4"), "Document index=cities id=a/b ä");
        assert_eq!(get("/_search/scroll"), "Scroll");
        assert_eq!(get("/_search/scroll/x"), "Scroll id=x");
        assert_eq!(get("/_search/point_in_time/_all"), "PointsInTime");
    }

    #[test]
    fn unknown_paths_are_errors() {
        for path in ["/_nope", "/a/b", "/a//_search", "///", "/a/_nope", "/a/_doc/1/2", "/%ff", "/_x/_search"] {
            assert_eq!(get(path), format!("no handler found for uri [{path}] and method [GET]"));
        }
    }

    #[test]
    fn a_path_may_be_read_and_changed() {
        let endpoint = |method: Method, path: &str| route(&method, path).expect("known").0;
        assert_eq!(endpoint(Method::GET, "/a"), Endpoint::Index);
        assert_eq!(endpoint(Method::PUT, "/a"), Endpoint::Write(WriteEndpoint::CreateIndex));
        assert_eq!(endpoint(Method::DELETE, "/a"), Endpoint::Write(WriteEndpoint::DeleteIndex));
        insta::assert_snapshot!(
            route(&Method::POST, "/a").expect_err("refused"),
            @"incorrect HTTP method for uri [/a] and method [POST], allowed: [DELETE, GET, HEAD, PUT]"
        );
    }

    #[test]
    fn unsupported_methods_are_errors() {
        assert!(route(&Method::POST, "/a/_search").is_ok());
        assert!(route(&Method::HEAD, "/a").is_ok());
        insta::assert_snapshot!(
            route(&Method::DELETE, "/a/_search").expect_err("refused"),
            @"incorrect HTTP method for uri [/a/_search] and method [DELETE], allowed: [GET, HEAD, POST]"
        );
    }
}
