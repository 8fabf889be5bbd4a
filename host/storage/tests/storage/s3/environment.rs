//! Settings from the environment. Each test runs again in a process of its own, with the environment that it needs.

use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use quidditch_clock::{Clock, SystemClock};
use quidditch_storage::{Precondition, S3Settings, Storage, open};
use quidditch_test_s3::S3Server;

use crate::s3::setup::{bucket, chain, settings, single};

/// The prefix of lines that a child process prints for the test that started it.
const REPORT: &str = "report: ";

/// Set in processes that were started by [`run_in`].
const CHILD: &str = "QUIDDITCH_TEST_CHILD";

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::default())
}

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Runs a test again, in a process with only this environment. Returns what it reports.
fn run_in(test: &str, environment: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", test, "--nocapture"]).env_clear().env("HOME", home.path()).env(CHILD, "1");
    // Where `cargo xtask coverage` has programs count their lines.
    command.envs(std::env::var("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)));
    let output = command.envs(environment).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("1 passed"), "unknown test {test}");
    printed.lines().filter_map(|line| Some(line.split_once(REPORT)?.1)).collect::<Vec<_>>().join("\n")
}

#[expect(clippy::print_stdout, reason = "the test that started the process reads it")]
fn report(text: &str) {
    for line in text.lines() {
        println!("\n{REPORT}{line}");
    }
}

#[tokio::test]
async fn all_settings_can_come_from_the_environment() {
    if is_child() {
        let storage = open(&"s3://quidditch/store".parse().expect("a valid URL"), clock());
        storage.put("a", Bytes::from_static(b"from the child"), Precondition::Absent).await.expect("written");
        return;
    }
    let server = S3Server::start();
    run_in("s3::environment::all_settings_can_come_from_the_environment", server.environment());
    let storage = single(settings(&server));
    assert_eq!(storage.get("a").await.expect("exists").bytes, "from the child");
}

#[tokio::test]
async fn missing_credentials_are_explained() {
    if is_child() {
        let storage = bucket("s3://quidditch", S3Settings::default());
        return report(&chain(storage.get("a").await.expect_err("no credentials")));
    }
    let server = S3Server::start();
    let environment = server.environment().into_iter().filter(|(name, _)| !name.contains("KEY"));
    insta::assert_snapshot!(run_in("s3::environment::missing_credentials_are_explained", environment), @r#"
cannot use s3://quidditch: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in AWS_PROFILE, or run with a role
  the credential provider was not enabled
  no credentials found in chain. Attempted:
  Environment: the credential provider was not enabled: environment variable not set
  Profile: the credential provider was not enabled
  WebIdentityToken: the credential provider was not enabled: $AWS_WEB_IDENTITY_TOKEN_FILE was not set
  EcsContainer: the credential provider was not enabled: ECS provider not configured
  Ec2InstanceMetadata: the credential provider was not enabled: IMDS disabled by AWS_EC2_METADATA_DISABLED env var set to `true`
"#);
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn a_missing_region_is_explained() {
    if is_child() {
        let storage = bucket("s3://quidditch", S3Settings::default());
        return report(&chain(storage.get("a").await.expect_err("no region")));
    }
    let environment = S3Server::start().environment().into_iter();
    let environment = environment.filter(|(name, _)| !name.contains("REGION") && !name.contains("ENDPOINT"));
    insta::assert_snapshot!(run_in("s3::environment::a_missing_region_is_explained", environment), @r#"
cannot use s3://quidditch: set AWS_REGION to the region of the bucket
  no region in the settings, the environment or the profile
"#);
}

#[tokio::test]
async fn other_services_need_no_region() {
    if is_child() {
        let storage = open(&"s3://quidditch".parse().expect("a valid URL"), clock());
        assert!(storage.list("").await.expect("a listing").is_empty());
        return;
    }
    let server = S3Server::start();
    let environment = server.environment().into_iter().filter(|(name, _)| !name.contains("REGION"));
    run_in("s3::environment::other_services_need_no_region", environment);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_endpoint_from_the_environment_may_have_a_path() {
    if is_child() {
        let storage = bucket("s3://quidditch", S3Settings::default());
        storage.get("a").await.expect_err("the server has no such bucket");
        return;
    }
    for slash in ["", "/"] {
        let server = S3Server::start();
        let environment = server.environment().into_iter().map(|(name, value)| match name {
            "AWS_ENDPOINT_URL" | "AWS_ENDPOINT_URL_S3" => (name, format!("{value}/storage/v1/s3{slash}")),
            _ => (name, value),
        });
        run_in("s3::environment::an_endpoint_from_the_environment_may_have_a_path", environment);
        let paths: Vec<_> =
            server.requests().into_iter().map(|request| format!("/{}/{}", request.bucket, request.key)).collect();
        assert_eq!(paths, ["/storage/v1/s3/quidditch/a"], "{slash:?}");
    }
}
