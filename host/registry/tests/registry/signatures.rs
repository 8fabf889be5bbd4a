//! Signatures: what is signed, and what is refused.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_function::{StoredScript, Target, error_chain};
use quidditch_registry::{Registry, RegistryError, ScriptPublication, Settings, Trust, VersionSignature};
use quidditch_signing::{PublicKey, SecretKey};
use quidditch_storage::{Precondition, Storage};

use crate::world::{FakeLoader, World};
use crate::{find, provenance, publish};

fn key() -> Arc<SecretKey> {
    Arc::new(SecretKey::generate().expect("random numbers"))
}

/// A process that signs with a key.
fn signer(world: &World, key: &Arc<SecretKey>) -> Registry {
    let settings = Settings { signing_key: Some(Arc::clone(key)), ..trusting_only(&[key.public_key()], false) };
    world.registry(&Arc::new(FakeLoader::new()), settings)
}

fn trusting_only(keys: &[PublicKey], require_signatures: bool) -> Settings {
    Settings { trust: Trust { keys: keys.to_vec(), require_signatures, unsigned_code: false }, ..Settings::default() }
}

/// A process that uses only what one of the keys has signed.
fn strict(world: &World, keys: &[PublicKey]) -> Registry {
    world.registry(&Arc::new(FakeLoader::new()), trusting_only(keys, true))
}

/// A process that runs only ahead-of-time code, as on Lambda.
fn without_compiler(world: &World, trust: Trust) -> Registry {
    let loader = FakeLoader { can_compile: false, ..FakeLoader::new() };
    world.registry(&Arc::new(loader), Settings { trust, ..Settings::default() })
}

fn copy(world: &World, from: &str, to: &str) {
    let object = block_on(world.storage.get(from)).expect("exists");
    block_on(world.storage.put(to, object.bytes, Precondition::None)).expect("memory does not fail");
}

/// The key of a signature of `f@1.0.0` by a key.
fn signature_key(world: &World, key: &SecretKey) -> String {
    let start = format!("functions/f/1.0.0/signatures/{}-", key.public_key().id());
    world.keys(".json").into_iter().find(|key| key.starts_with(&start)).expect("it is signed")
}

fn signatures(registry: &Registry, version: &str) -> Vec<VersionSignature> {
    block_on(registry.show("f", Some(version))).expect("it is published").signatures
}

#[test]
fn only_what_a_trusted_key_has_signed_is_used() {
    let (world, ours, theirs) = (World::new(), key(), key());
    publish(&world.other(), "unsigned", "1.0.0", "one").expect("is published");
    publish(&signer(&world, &ours), "f", "1.0.0", "one").expect("is published");
    publish(&signer(&world, &theirs), "g", "1.0.0", "one").expect("is published");
    let registry = strict(&world, &[ours.public_key()]);
    assert_eq!(find(&registry, "f", None), "f@1.0.0: one");
    insta::assert_snapshot!(find(&registry, "g", None), @"function g@1.0.0 failed to load: it is not signed by a trusted key");
    insta::assert_snapshot!(find(&registry, "unsigned", None), @"function unsigned@1.0.0 failed to load: it is not signed by a trusted key");
    assert_eq!(find(&strict(&world, &[ours.public_key(), theirs.public_key()]), "g", None), "g@1.0.0: one");
    assert_eq!(find(&world.other(), "unsigned", None), "unsigned@1.0.0: one", "nobody demands signatures");
    let refused = block_on(registry.component_of("unsigned", None)).expect_err("it is not trusted");
    insta::assert_snapshot!(error_chain(&refused), @"function unsigned@1.0.0 failed to load: it is not signed by a trusted key");
}

#[test]
fn an_altered_record_or_one_of_another_version_is_refused() {
    let (world, ours) = (World::new(), key());
    let registry = signer(&world, &ours);
    publish(&registry, "f", "1.0.0", "one").expect("is published");
    publish(&registry, "f", "1.1.0", "two").expect("is published");
    let object = block_on(world.storage.get("functions/f/1.1.0/function.json")).expect("exists");
    let record = String::from_utf8(object.bytes.to_vec()).expect("it is JSON");
    let altered = record.replace("\"summary\": \"two\"", "\"summary\": \"ten\"");
    assert_ne!(record, altered);
    let key = "functions/f/1.1.0/function.json";
    block_on(world.storage.put(key, altered.into(), Precondition::None)).expect("memory does not fail");
    let found = find(&strict(&world, &[ours.public_key()]), "f", None);
    insta::assert_snapshot!(found, @"function f@1.1.0 failed to load: it is not signed by a trusted key");
    assert_eq!(signatures(&registry, "1.1.0"), [], "the signature is that of another record");
    // A signed record, where another version is looked for.
    for key in ["functions/f/1.0.0/function.json".to_owned(), signature_key(&world, &ours)] {
        copy(&world, &key, &key.replace("1.0.0", "1.1.0"));
    }
    let found = find(&strict(&world, &[ours.public_key()]), "f", None);
    insta::assert_snapshot!(found, @"function f@1.1.0 failed to load: its record is that of f@1.0.0");
}

#[test]
fn a_signature_under_another_keys_name_is_ignored() {
    let (world, ours, theirs) = (World::new(), key(), key());
    publish(&signer(&world, &theirs), "f", "1.0.0", "one").expect("is published");
    let signature = signature_key(&world, &theirs);
    let renamed = signature.replace(&theirs.public_key().id().to_string(), &ours.public_key().id().to_string());
    copy(&world, &signature, &renamed);
    let registry = strict(&world, &[ours.public_key()]);
    insta::assert_snapshot!(find(&registry, "f", None), @"function f@1.0.0 failed to load: it is not signed by a trusted key");
    assert_eq!(signatures(&registry, "1.0.0").len(), 1);
    world.overwrite(&renamed, b"{");
    insta::assert_snapshot!(find(&registry, "f", None), @"function f@1.0.0 failed to load: it is not signed by a trusted key");
}

#[test]
fn a_signature_is_verified_once() {
    let (world, ours) = (World::new(), key());
    publish(&signer(&world, &ours), "f", "1.0.0", "one").expect("is published");
    let registry = strict(&world, &[ours.public_key()]);
    let before = world.storage.counts();
    find(&registry, "f", None);
    let first = world.storage.counts() - before;
    assert_eq!((first.lists, first.gets), (1, 3), "the versions, the record, the signature, the code");
    world.pass(5);
    find(&registry, "f", None);
    assert_eq!((world.storage.counts() - before).gets, first.gets);
}

#[test]
fn ahead_of_time_code_runs_only_if_it_is_signed() {
    let (world, ours, theirs) = (World::new(), key(), key());
    publish(&signer(&world, &ours), "f", "1.0.0", "one").expect("is published");
    publish(&world.other(), "g", "1.0.0", "one").expect("is published");
    let trust =
        |keys: &[&SecretKey]| Trust { keys: keys.iter().map(|key| key.public_key()).collect(), ..Trust::default() };
    let on_lambda = |keys: &[&SecretKey], name: &str| find(&without_compiler(&world, trust(keys)), name, None);
    assert_eq!(on_lambda(&[&ours], "f"), "f@1.0.0: one");
    insta::assert_snapshot!(on_lambda(&[&theirs], "f"), @"function f@1.0.0 failed to load: its ahead-of-time code is not signed by a trusted key, and this program cannot compile components");
    insta::assert_snapshot!(on_lambda(&[], "f"), @"function f@1.0.0 failed to load: its ahead-of-time code is not signed by a trusted key, and this program cannot compile components");
    insta::assert_snapshot!(on_lambda(&[&ours], "g"), @"function g@1.0.0 failed to load: its ahead-of-time code is not signed by a trusted key, and this program cannot compile components");
    let unsigned_code = Trust { unsigned_code: true, ..Trust::default() };
    assert_eq!(find(&without_compiler(&world, unsigned_code.clone()), "g", None), "g@1.0.0: one");
    // Whoever demands signatures demands them of code, too.
    let both = Trust { require_signatures: true, ..unsigned_code };
    assert!(find(&without_compiler(&world, both), "g", None).contains("not signed by a trusted key"));
    // Signed code of another function.
    publish(&signer(&world, &ours), "h", "1.0.0", "one").expect("is published");
    let code = |name: &str| world.keys(".cwasm").into_iter().find(|key| key.contains(name)).expect("there is code");
    copy(&world, &code("/h/"), &code("/f/"));
    insta::assert_snapshot!(on_lambda(&[&ours], "f"), @"function f@1.0.0 failed to load: its ahead-of-time code is not signed by a trusted key, and this program cannot compile components");
}

#[test]
fn where_there_is_a_compiler_unsigned_code_is_compiled_again() {
    let (world, ours) = (World::new(), key());
    publish(&signer(&world, &ours), "f", "1.0.0", "one").expect("is published");
    publish(&world.other(), "g", "1.0.0", "one").expect("is published");
    let loader = Arc::new(FakeLoader::new());
    let registry = world.registry(&loader, trusting_only(&[ours.public_key()], false));
    find(&registry, "f", None);
    find(&registry, "g", None);
    assert_eq!(loader.calls(), ["load code", "load component"]);
}

#[test]
fn keys_can_be_changed() {
    let (world, old, new) = (World::new(), key(), key());
    publish(&signer(&world, &old), "f", "1.0.0", "one").expect("is published");
    // The owner of the new key trusts the old one until everything is signed again.
    let both = [old.public_key(), new.public_key()];
    let settings = Settings { signing_key: Some(Arc::clone(&new)), ..trusting_only(&both, true) };
    let registry = world.registry(&Arc::new(FakeLoader::new()), settings);
    let (record, key) = block_on(registry.sign("f", None, &[], false)).expect("the old key is trusted");
    assert_eq!((record.id().to_string(), key), ("f@1.0.0".to_owned(), new.public_key()));
    assert_eq!(find(&strict(&world, &[new.public_key()]), "f", None), "f@1.0.0: one");
    assert_eq!(find(&strict(&world, &[old.public_key()]), "f", None), "f@1.0.0: one", "the record has both signatures");
    let valid = signatures(&registry, "1.0.0");
    assert!(valid.len() == 2 && valid.iter().all(|signature| signature.valid && signature.trusted), "{valid:?}");
    assert_eq!(
        find(&without_compiler(&world, trusting_only(&[new.public_key()], true).trust), "f", None),
        "f@1.0.0: one"
    );
}

#[test]
fn what_nobody_trusted_has_signed_is_signed_only_on_demand() {
    let (world, ours) = (World::new(), key());
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    let registry = signer(&world, &ours);
    let refused = block_on(registry.sign("f", None, &[], false)).expect_err("nobody vouches for it");
    insta::assert_snapshot!(error_chain(&refused), @"function f@1.0.0 failed to load: it is not signed by a trusted key");
    block_on(registry.sign("f", None, &[Target::X86_64Linux], true)).expect("on demand");
    assert_eq!(find(&strict(&world, &[ours.public_key()]), "f", None), "f@1.0.0: one");
    let unable = block_on(world.other().sign("f", None, &[], true)).expect_err("there is no key");
    insta::assert_snapshot!(error_chain(&unable), @"the function must be signed, and no trusted key is available to sign it with");
}

#[test]
fn a_record_that_does_not_describe_its_component_is_never_signed() {
    let (world, ours) = (World::new(), key());
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    let key = "functions/f/1.0.0/function.json";
    let object = block_on(world.storage.get(key)).expect("exists");
    let record = String::from_utf8(object.bytes.to_vec()).expect("it is JSON");
    let altered = record.replace("\"summary\": \"one\"", "\"summary\": \"ten\"");
    block_on(world.storage.put(key, altered.into(), Precondition::None)).expect("memory does not fail");
    let registry = signer(&world, &ours);
    for result in
        [publish(&registry, "f", "1.0.0", "one").map(drop), block_on(registry.sign("f", None, &[], true)).map(drop)]
    {
        let error = result.expect_err("it says something else");
        assert!(matches!(error, RegistryError::NotSignable(_)), "{error:?}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"the record of function f@1.0.0 does not describe what is published, publish it under another version");
        }
    }
    nothing_is_signed(&world, &ours);
}

#[test]
fn a_record_with_keys_of_a_later_program_is_not_signed() {
    let (world, ours) = (World::new(), key());
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    let key = "functions/f/1.0.0/function.json";
    let object = block_on(world.storage.get(key)).expect("exists");
    let record = String::from_utf8(object.bytes.to_vec()).expect("it is JSON").replacen('{', "{\"later\": true,", 1);
    block_on(world.storage.put(key, record.into(), Precondition::None)).expect("memory does not fail");
    assert_eq!(find(&world.other(), "f", None), "f@1.0.0: one", "it can be used");
    let error = block_on(signer(&world, &ours).sign("f", None, &[], true)).expect_err("it may mean anything");
    assert!(matches!(error, RegistryError::NotSignable(_)), "{error:?}");
    nothing_is_signed(&world, &ours);
}

/// Neither a record nor code, so a program that demands signatures runs nothing.
fn nothing_is_signed(world: &World, ours: &SecretKey) {
    assert!(world.keys(".json").iter().all(|key| !key.contains("/signatures/")));
    let trust = trusting_only(&[ours.public_key()], false).trust;
    assert!(find(&without_compiler(world, trust), "f", None).contains("is not signed by a trusted key"));
}

#[test]
fn of_two_publishers_with_one_key_the_first_one_s_signature_stays() {
    let (world, ours) = (World::new(), key());
    let registry = signer(&world, &ours);
    publish(&registry, "f", "1.0.0", "one").expect("is published");
    // The second publisher looked for a record before the first one wrote it.
    let key = "functions/f/1.0.0/function.json";
    let first = block_on(world.storage.get(key)).expect("exists");
    block_on(world.storage.delete(key)).expect("memory does not fail");
    publish(&registry, "f", "1.0.0", "two").expect("nothing is in the way");
    block_on(world.storage.put(key, first.bytes, Precondition::None)).expect("memory does not fail");
    assert_eq!(find(&strict(&world, &[ours.public_key()]), "f", None), "f@1.0.0: one");
}

#[test]
fn code_is_signed_only_for_a_signed_function() {
    let (world, ours) = (World::new(), key());
    publish(&world.other(), "f", "1.0.0", "one").expect("is published");
    let registry = signer(&world, &ours);
    let refused = block_on(registry.compile("f", None, &[Target::X86_64Linux])).expect_err("nobody vouches for it");
    insta::assert_snapshot!(error_chain(&refused), @"function f@1.0.0 failed to load: it is not signed by a trusted key");
    block_on(registry.sign("f", None, &[], true)).expect("on demand");
    world.pass(5);
    block_on(registry.compile("f", None, &[Target::X86_64Linux])).expect("it is signed");
}

#[test]
fn a_publisher_without_a_key_leaves_signed_code_as_it_is() {
    let (world, ours) = (World::new(), key());
    publish(&signer(&world, &ours), "f", "1.0.0", "one").expect("is published");
    publish(&world.other(), "f", "1.0.0", "one").expect("is the same");
    let trust = trusting_only(&[ours.public_key()], false).trust;
    assert_eq!(find(&without_compiler(&world, trust), "f", None), "f@1.0.0: one");
}

#[test]
fn signatures_of_other_keys_are_not_read() {
    let (world, ours, theirs) = (World::new(), key(), key());
    publish(&signer(&world, &theirs), "f", "1.0.0", "one").expect("is published");
    let registry = strict(&world, &[ours.public_key()]);
    let before = world.storage.counts();
    find(&registry, "f", None);
    assert_eq!((world.storage.counts() - before).gets, 1, "the record");
}

#[test]
fn a_key_that_is_not_trusted_does_not_publish_where_signatures_are_required() {
    let (world, ours, theirs) = (World::new(), key(), key());
    let settings = Settings { signing_key: Some(theirs), ..trusting_only(&[ours.public_key()], true) };
    let error = publish(&world.registry(&Arc::new(FakeLoader::new()), settings), "f", "1.0.0", "one");
    assert!(matches!(error, Err(RegistryError::NoSigningKey)), "{error:?}");
}

#[test]
fn nothing_is_published_unsigned_where_signatures_are_required() {
    let (world, ours) = (World::new(), key());
    let error = publish(&strict(&world, &[ours.public_key()]), "f", "1.0.0", "one").expect_err("there is no key");
    insta::assert_snapshot!(error_chain(&error), @"the function must be signed, and no trusted key is available to sign it with");
    assert!(world.keys("").is_empty());
}

#[test]
fn a_published_script_is_signed_as_well() {
    let (world, ours) = (World::new(), key());
    let script = StoredScript { lang: "expression".to_owned(), source: "1".to_owned(), options: Default::default() };
    let publication = ScriptPublication {
        name: "f".to_owned(),
        version: "1.0.0".to_owned(),
        script,
        summary: "one".to_owned(),
        roles: quidditch_function::Role::Scorer.into(),
        parameters: Vec::new(),
        provenance: provenance(),
    };
    block_on(world.other().publish_script(&publication)).expect("is published");
    let registry = strict(&world, &[ours.public_key()]);
    insta::assert_snapshot!(find(&registry, "f", None), @"function f@1.0.0 failed to load: it is not signed by a trusted key");
    block_on(signer(&world, &ours).publish_script(&publication)).expect("is the same");
    world.pass(5);
    assert_eq!(find(&registry, "f", None), "f@1.0.0: one");
    let (record, _) = block_on(signer(&world, &ours).sign("f", None, &[], false)).expect("is signed again");
    assert!(record.script.is_some());
}
