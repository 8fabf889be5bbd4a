//! Authentication and roles: bearer tokens, and users with passwords.

mod authorization;
mod credentials;
mod origin;
mod passwords;
mod roles;

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use quidditch_service::{Access as NeededAccess, Caller, error_response};

use authorization::Authorization;
use credentials::{Credential, parse_credentials};
pub(crate) use credentials::{password_hash, token_digest};
use origin::{TrustedPages, foreign_page};
use passwords::Passwords;
pub(crate) use roles::Roles;

/// The health check, which requires no credentials.
const OPEN_PATH: &str = "/_health";

#[derive(clap::Args)]
pub(super) struct AccessArguments {
    /// File with bearer tokens: a name, roles, and the digest of a token on each line (see `quidditch credential token`)
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// File with users: a name, roles, and the hash of a password on each line (see `quidditch credential user`)
    #[arg(long, value_name = "FILE")]
    users_file: Option<PathBuf>,
    /// Accept requests without credentials
    #[arg(long, conflicts_with_all = ["token_file", "users_file"])]
    no_authentication: bool,
}

/// Which requests are accepted.
pub(super) enum Access {
    /// All, without credentials.
    Everybody,
    /// Those with credentials of the token and user files.
    Known { tokens: Vec<Credential>, passwords: Box<Passwords> },
}

impl fmt::Debug for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Access::Everybody => "Everybody",
            Access::Known { .. } => "Known",
        })
    }
}

impl AccessArguments {
    /// Reads the files.
    ///
    /// # Errors
    /// A file cannot be read, or the address is not a loopback address and no authentication is configured.
    pub(super) fn read(&self, listen: SocketAddr) -> Result<Access> {
        let read = |file: &Option<PathBuf>| file.as_deref().map_or(Ok(Vec::new()), read_credentials);
        let (tokens, users) = (read(&self.token_file)?, read(&self.users_file)?);
        if self.token_file.is_some() || self.users_file.is_some() {
            if tokens.is_empty() && users.is_empty() {
                bail!("the token and user files are empty: add a line that `quidditch credential` prints");
            }
            return Ok(Access::Known { tokens, passwords: Box::new(Passwords::new(users)?) });
        }
        if !listen.ip().is_loopback() && !self.no_authentication {
            bail!(
                "listening on {listen} requires --token-file or --users-file, or --no-authentication to accept requests without \
                 credentials"
            );
        }
        Ok(Access::Everybody)
    }
}

fn read_credentials(file: &Path) -> Result<Vec<Credential>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    parse_credentials(&text).with_context(|| format!("cannot use {}", file.display()))
}

/// Whether a request is answered.
pub(super) enum Decision {
    /// Yes; from whom it is, unless nobody asked.
    Allowed(Option<Caller>),
    /// No: this is the response.
    Refused(Response<Bytes>),
}

impl Access {
    /// Decides about a request.
    pub(super) async fn decide(&self, needed: NeededAccess, path: &str, headers: &HeaderMap) -> Decision {
        let trusted = match self {
            Access::Everybody => TrustedPages::OfThisServerByAddress,
            Access::Known { .. } => TrustedPages::OfThisServer,
        };
        if needed != NeededAccess::Read
            && let Some(page) = foreign_page(headers, trusted)
        {
            let reason = format!("no permissions for [{}] and web pages of [{page}]", roles::name_of(needed));
            return Decision::Refused(forbidden(&reason));
        }
        let Access::Known { tokens, passwords } = self else { return Decision::Allowed(None) };
        if path == OPEN_PATH {
            return Decision::Allowed(None);
        }
        let caller = match Authorization::from_headers(headers) {
            Some(Authorization::Bearer(token)) => credentials::find_by_token(tokens, &token),
            Some(Authorization::Basic { name, password }) => passwords.check(&name, &password).await,
            None => None,
        };
        let Some(Credential { name, roles, .. }) = caller else { return Decision::Refused(unauthorized()) };
        if roles.allow(needed) {
            return Decision::Allowed(Some(Caller(name.clone())));
        }
        let needed = roles::name_of(needed);
        Decision::Refused(forbidden(&format!("no permissions for [{needed}] and User [name={name}, roles={roles}]")))
    }
}

/// The response if the caller is not allowed to do this.
fn forbidden(reason: &str) -> Response<Bytes> {
    error_response(StatusCode::FORBIDDEN, "security_exception", reason)
}

/// The response if the caller is unknown.
fn unauthorized() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"Unauthorized"));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Quidditch\""));
    headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Quidditch\""));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=UTF-8"));
    response
}

#[cfg(test)]
mod tests {
    use http::header::{AUTHORIZATION, HOST, ORIGIN};

    use super::*;

    fn known() -> Access {
        let token = |name: &str, roles: &str, token: &str| format!("{name} {roles} {}\n", token_digest(token));
        let tokens = token("reader", "read", "r-token") + &token("shipper", "write", "w-token");
        let users = format!("# people\nada read,write,publish {}\n", password_hash("secret").expect("hashed"));
        Access::Known {
            tokens: parse_credentials(&tokens).expect("valid"),
            passwords: Box::new(Passwords::new(parse_credentials(&users).expect("valid")).expect("valid")),
        }
    }

    async fn status(access: &Access, needed: NeededAccess, path: &str, authorization: &str) -> u16 {
        let mut headers = HeaderMap::new();
        if !authorization.is_empty() {
            headers.insert(AUTHORIZATION, authorization.parse().expect("ASCII"));
        }
        refusal(access, needed, path, &headers).await.map_or(200, |response| response.status().as_u16())
    }

    async fn refusal(
        access: &Access,
        needed: NeededAccess,
        path: &str,
        headers: &HeaderMap,
    ) -> Option<Response<Bytes>> {
        match access.decide(needed, path, headers).await {
            Decision::Allowed(_) => None,
            Decision::Refused(response) => Some(response),
        }
    }

    #[tokio::test]
    async fn callers_have_the_names_of_their_credentials() {
        let caller = async |access: &Access, authorization: &'static str| {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(authorization))]);
            match access.decide(NeededAccess::Read, "/a/_search", &headers).await {
                Decision::Allowed(caller) => caller,
                Decision::Refused(response) => panic!("{}", response.status()),
            }
        };
        assert_eq!(caller(&known(), "Bearer r-token").await, Some(Caller("reader".to_owned())));
        assert_eq!(caller(&known(), "Basic YWRhOnNlY3JldA==").await, Some(Caller("ada".to_owned())));
        assert_eq!(caller(&Access::Everybody, "Bearer r-token").await, None);
    }

    #[tokio::test]
    async fn roles_decide_what_a_caller_may_do() {
        let access = known();
        let ada = "Basic YWRhOnNlY3JldA==";
        for (authorization, read, write, publish) in [
            ("Bearer r-token", 200, 403, 403),
            ("Bearer w-token", 403, 200, 403),
            (ada, 200, 200, 200),
            ("Bearer wrong", 401, 401, 401),
            ("Basic YWRhOndyb25n", 401, 401, 401),
            ("Basic bm9ib2R5OnNlY3JldA==", 401, 401, 401),
            ("Basic ???", 401, 401, 401),
            ("", 401, 401, 401),
        ] {
            assert_eq!(status(&access, NeededAccess::Read, "/a/_search", authorization).await, read, "{authorization}");
            assert_eq!(status(&access, NeededAccess::Write, "/a", authorization).await, write, "{authorization}");
            assert_eq!(
                status(&access, NeededAccess::Publish, "/_scripts/s", authorization).await,
                publish,
                "{authorization}"
            );
        }
        assert_eq!(status(&access, NeededAccess::Read, "/_health", "").await, 200);
        assert_eq!(status(&Access::Everybody, NeededAccess::Write, "/a", "").await, 200);
    }

    #[tokio::test]
    async fn pages_of_others_may_not_change_anything() {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_static("https://example.org"));
        headers.insert(HOST, HeaderValue::from_static("127.0.0.1:9200"));
        let refused = refusal(&Access::Everybody, NeededAccess::Write, "/_aliases", &headers).await.expect("refused");
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert!(refusal(&Access::Everybody, NeededAccess::Read, "/a/_search", &headers).await.is_none());
    }

    #[tokio::test]
    async fn refusals_look_like_those_of_the_security_plugin() {
        let mut headers = HeaderMap::new();
        let refused = refusal(&known(), NeededAccess::Read, "/", &headers).await.expect("refused");
        assert_eq!(refused.headers()[WWW_AUTHENTICATE], "Basic realm=\"Quidditch\"");
        assert_eq!(refused.body(), "Unauthorized");
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer r-token"));
        let refused = refusal(&known(), NeededAccess::Write, "/a", &headers).await.expect("refused");
        insta::assert_snapshot!(
            String::from_utf8_lossy(refused.body()),
            @r#"{"error":{"root_cause":[{"type":"security_exception","reason":"no permissions for [write] and User [name=reader, roles=[read]]"}],"type":"security_exception","reason":"no permissions for [write] and User [name=reader, roles=[read]]"},"status":403}"#
        );
    }

    #[test]
    fn other_addresses_require_access_settings() {
        let arguments = |no_authentication| AccessArguments { token_file: None, users_file: None, no_authentication };
        let address = |text: &str| text.parse().expect("an address");
        assert!(matches!(arguments(false).read(address("127.0.0.1:9200")), Ok(Access::Everybody)));
        assert!(matches!(arguments(false).read(address("[::1]:9200")), Ok(Access::Everybody)));
        assert!(matches!(arguments(true).read(address("0.0.0.0:9200")), Ok(Access::Everybody)));
        insta::assert_snapshot!(
            arguments(false).read(address("0.0.0.0:9200")).expect_err("refused"),
            @"listening on 0.0.0.0:9200 requires --token-file or --users-file, or --no-authentication to accept requests without credentials"
        );
    }
}
