//! Functions in OCI registries, as far as they need none: `tests/clients/oci` has the rest.

use crate::fixture::{Installation, custom_score};

/// A registry on this machine that is not there.
const NOWHERE: &str = "127.0.0.1:1";

#[test]
fn mistakes_in_references_are_errors() {
    let installation = Installation::new();
    let run = |arguments: &[&str]| installation.run(arguments);
    let without_registry = run(&["udf", "pull", "number_range:1.0.0"]);
    assert!(
        without_registry.starts_with(
            "2\nerror: invalid value 'number_range:1.0.0' for '<REFERENCE>': must be REGISTRY/REPOSITORY with :TAG or @DIGEST, such as \
             ghcr.io/team/number_range:1.0.0: it does not begin with a registry\n"
        ),
        "{without_registry}"
    );
    insta::assert_snapshot!(run(&["udf", "pull", "ghcr.io/team/f"]), @r"
    1
    error: ghcr.io/team/f has neither a tag nor a digest; specify ghcr.io/team/f:TAG or ghcr.io/team/f@DIGEST
    ");
    let app = installation.write("search.wasm", "");
    insta::assert_snapshot!(run(&["bundle", "--app", &app, "-o", "app.wasm", "--function", "oci://number_range:1.0.0"]), @r"
    1
    error: invalid reference [oci://number_range:1.0.0]: must be REGISTRY/REPOSITORY with :TAG or @DIGEST, such as ghcr.io/team/number_range:1.0.0: it does not begin with a registry
    ");
}

#[test]
fn mistakes_with_keys_of_cosign_are_errors() {
    let installation = Installation::new();
    let run = |arguments: &[&str]| installation.run(arguments);
    let reference = format!("{NOWHERE}/f:1.0.0");
    insta::assert_snapshot!(run(&["udf", "pull", &reference, "--cosign-key", "missing.pub"]), @r"
    1
    error: cannot read a public key from missing.pub, must be one as `cosign generate-key-pair` writes it to cosign.pub (ECDSA P-256, PEM): No such file or directory (os error 2)
    ");
    let app = installation.write("search.wasm", "");
    insta::assert_snapshot!(run(&["bundle", "--app", &app, "-o", "app.wasm", "--function", "f", "--cosign-key", "missing.pub"]), @r"
    1
    error: --cosign-key is for functions from OCI registries, and no function is one
    ");
}

#[test]
fn only_what_is_published_can_be_pushed() {
    let installation = Installation::new();
    let file = installation.write("f.wasm", custom_score());
    installation.succeed(&["udf", "publish", &file, "--name", "f", "--version", "1.0.0"]);
    let push = |reference: &str, options: &[&str]| {
        let reference = format!("{NOWHERE}/{reference}");
        installation.run(&[&["udf", "push", &reference], options].concat())
    };
    insta::assert_snapshot!(push("g", &[]), @r"
    1
    error: function g failed to load: unknown function [g], published: [f]
    ");
    insta::assert_snapshot!(push("f:2.0.0", &[]), @r"
    1
    error: function f@2.0.0 failed to load: unknown version [2.0.0], published: [1.0.0]
    ");
    insta::assert_snapshot!(push("g:1.0.0", &["--name", "f", "--version", "^2"]), @r"
    1
    error: function f@^2 failed to load: no version matches [^2], published: [1.0.0]
    ");
    let unreachable = push("f", &[]);
    assert!(
        unreachable.starts_with("1\nerror: OCI registry [127.0.0.1:1] failed: error sending request"),
        "{unreachable}"
    );
}
