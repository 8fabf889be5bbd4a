//! Names with a namespace.

use futures::executor::block_on;

use crate::world::World;
use crate::{find, publish};

#[test]
fn a_namespace_is_not_a_function() {
    let world = World::new();
    let registry = world.other();
    publish(&registry, "team/f", "1.0.0", "theirs").expect("is published");
    insta::assert_snapshot!(find(&registry, "team", None), @"function team failed to load: unknown function [team], published: [team/f]");
    insta::assert_snapshot!(find(&registry, "f", None), @"function f failed to load: unknown function [f], did you mean [team/f]?");
    publish(&registry, "team", "2.0.0", "the team").expect("is published");
    publish(&registry, "f", "3.0.0", "ours").expect("is published");
    assert_eq!(find(&registry, "team/f", None), "team/f@1.0.0: theirs");
    assert_eq!(find(&registry, "team", None), "team@2.0.0: the team");
    assert_eq!(find(&registry, "f", None), "f@3.0.0: ours");
    let listed = block_on(registry.list()).expect("can be listed");
    let listed: Vec<_> =
        listed.iter().map(|version| version.as_ref().expect("readable").record.id().to_string()).collect();
    assert_eq!(listed, ["f@3.0.0", "team@2.0.0", "team/f@1.0.0"]);
    block_on(registry.delete("team", "2.0.0")).expect("is published");
    assert_eq!(find(&registry, "team/f", None), "team/f@1.0.0: theirs", "what is in the namespace stays");
}

#[test]
fn a_namespace_has_no_namespace() {
    let error = publish(&World::new().other(), "a/b/c", "1.0.0", "one").expect_err("is refused");
    insta::assert_snapshot!(error.to_string(), @"invalid function name [a/b/c], must be NAME or NAMESPACE/NAME, each a lower-case letter followed by up to 63 lower-case letters, digits or _");
}
