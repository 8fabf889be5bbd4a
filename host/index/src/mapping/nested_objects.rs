//! The nested objects of a mapping.

use super::definition::{invalid, join};
use super::nested::Nested;
use super::{FieldError, Mapping};
use crate::IndexError;

impl Mapping {
    /// Whether an object is nested, so that documents may consist of several documents of tantivy.
    pub fn has_nested(&self) -> bool {
        self.objects.iter().any(|object| object.nested.is_some())
    }

    /// The index of the innermost nested object that contains a field or an object of that name; 0 is the document itself.
    pub fn scope_of(&self, name: &str) -> usize {
        let contains = |index: &usize| {
            let object = &self.objects[*index];
            name.strip_prefix(object.name.as_str()).is_some_and(|rest| rest.starts_with('.')) && object.nested.is_some()
        };
        let containing = (1..self.objects.len()).filter(contains);
        containing.max_by_key(|index| self.objects[*index].name.len()).unwrap_or(0)
    }

    /// Whether a nested object is inside of another, or of the document itself, which is 0. Nothing is inside of itself.
    pub fn is_inside(&self, mut inner: usize, outer: usize) -> bool {
        while inner != 0 {
            inner = self.scope_of(&self.objects[inner].name);
            if inner == outer {
                return true;
            }
        }
        false
    }

    /// Most nested objects of one document, over all of its lists.
    pub fn max_nested_objects(&self) -> u64 {
        self.nested_limits.objects
    }

    /// Makes an object nested, before anything is added to it.
    pub(super) fn make_nested(&mut self, object: usize, nested: Nested) -> Result<(), FieldError> {
        let limit = self.nested_limits.fields;
        let before = self.objects.iter().filter(|object| object.nested.is_some()).count();
        if before as u64 >= limit {
            return Err(FieldError::TooManyNested { limit });
        }
        self.objects[object].nested = Some(nested);
        self.objects[object].scope = object;
        Ok(())
    }

    /// Checks that values are copied only to the nested object that they are in or to one around it, and that aliases are next to
    /// their fields.
    pub(super) fn check_scopes(&self, path: &str) -> Result<(), IndexError> {
        let name = |scope: usize| if scope == 0 { "null" } else { self.objects[scope].name() };
        for field in &self.fields {
            let from = self.scope_of(field.name());
            for target in &field.options().copy_to {
                let to = self.scope_of(target);
                if to != from && !self.is_inside(from, to) {
                    let reason = format!(
                        "Illegal combination of [copy_to] and [nested] mappings: [copy_to] may only copy data to the current \
                         nested document or any of its parents, however one [copy_to] directive is trying to copy data from \
                         nested object [{}] to [{}]",
                        name(from),
                        name(to)
                    );
                    return Err(invalid(&join(&join(path, "properties"), field.name()), reason));
                }
            }
        }
        for (alias, target) in &self.aliases {
            let (own, of_target) = (self.scope_of(alias), self.scope_of(target));
            if own != of_target {
                let own = match own {
                    0 => "The alias is not nested".to_owned(),
                    scope => format!("The alias's nested scope is [{}]", name(scope)),
                };
                let of_target = match of_target {
                    0 => "the target is not nested".to_owned(),
                    scope => format!("the target's nested scope is [{}]", name(scope)),
                };
                let reason = format!(
                    "Invalid [path] value [{target}] for field alias [{alias}]: an alias must have the same nested scope as its \
                     target. {own}, but {of_target}."
                );
                return Err(invalid(&join(&join(path, "properties"), alias), reason));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn refusal(json: Json) -> String {
        Mapping::from_json(&json).expect_err("refused").to_string()
    }

    fn properties(json: Json) -> Json {
        json!({ "properties": json })
    }

    #[test]
    fn nested_objects_survive_a_round_trip() {
        let json = json!({ "settings": { "mapping": { "nested_fields": { "limit": "3" }, "nested_objects": { "limit": "7" } } },
            "mappings": { "properties": { "a": { "type": "nested", "include_in_parent": true, "properties": {
                "b": { "type": "nested", "dynamic": "strict", "include_in_root": true, "properties": { "c": { "type": "long" } } },
                "o": { "properties": { "d": { "type": "long" } } } } } } } });
        let mapping = Mapping::from_json(&json).expect("valid");
        assert_eq!(mapping.to_json(), json["mappings"]);
        assert_eq!(mapping.settings_to_json(), json["settings"]);
        assert_eq!(mapping.max_nested_objects(), 7);
        let (a, b) = (mapping.object_index("a").expect("it exists"), mapping.object_index("a.b").expect("it exists"));
        assert_eq!(["a", "a.b", "a.b.c", "a.o.d", "ab", "x"].map(|name| mapping.scope_of(name)), [0, a, b, a, 0, 0]);
        assert_eq!(
            [(b, a), (b, 0), (a, 0), (a, b), (a, a), (0, 0)].map(|(inner, outer)| mapping.is_inside(inner, outer)),
            [true, true, true, false, false, false]
        );
        let again = Mapping::from_json(
            &json!({"settings": {"index.mapping.nested_fields.limit": 3, "index": {"mapping.nested_objects": {"limit": 7}}}, "mappings": json["mappings"]}),
        );
        assert_eq!(again.expect("valid"), mapping);
    }

    #[test]
    fn the_number_of_nested_objects_is_limited() {
        let nested = |count: usize| -> Json {
            properties((0..count).map(|number| (format!("n{number}"), json!({ "type": "nested" }))).collect())
        };
        assert!(Mapping::from_json(&nested(50)).is_ok());
        insta::assert_snapshot!(refusal(nested(51)), @"invalid mapping at [properties.n50]: Limit of nested fields [50] has been exceeded");
        let limited = json!({"settings": {"index.mapping.nested_fields.limit": 0}, "mappings": nested(1)});
        insta::assert_snapshot!(refusal(limited), @"invalid mapping at [mappings.properties.n0]: Limit of nested fields [0] has been exceeded");
        let mistake = json!({"settings": {"index.mapping.nested_fields.limit": -1}, "mappings": {}});
        insta::assert_snapshot!(refusal(mistake), @"invalid mapping at [settings.mapping.nested_fields.limit]: Failed to parse value [-1] for setting [index.mapping.nested_fields.limit] must be >= 0");
    }

    #[test]
    fn mistakes_are_explained() {
        insta::assert_snapshot!(refusal(properties(json!({"a": {"type": "nested", "foo": 1}}))), @"invalid mapping at [properties.a.foo]: unknown key; known keys: type, dynamic, properties, enabled, include_in_parent, include_in_root");
        insta::assert_snapshot!(refusal(properties(json!({"a": {"type": "nested", "include_in_parent": "x"}}))), @r#"invalid mapping at [properties.a.include_in_parent]: "x" is neither true nor false"#);
        insta::assert_snapshot!(refusal(properties(json!({"a": {"properties": {}, "include_in_root": true}}))), @"invalid mapping at [properties.a.include_in_root]: unknown key; known keys: type, dynamic, properties, enabled");
        let keyword = || json!({"type": "keyword"});
        let copy =
            |from: Json, to: Json| properties(json!({"a": {"type": "nested", "properties": {"b": from}}, "z": to}));
        assert!(Mapping::from_json(&copy(json!({"type": "keyword", "copy_to": "z"}), keyword())).is_ok());
        insta::assert_snapshot!(refusal(copy(keyword(), json!({"type": "keyword", "copy_to": "a.b"}))), @"invalid mapping at [properties.z]: Illegal combination of [copy_to] and [nested] mappings: [copy_to] may only copy data to the current nested document or any of its parents, however one [copy_to] directive is trying to copy data from nested object [null] to [a]");
        insta::assert_snapshot!(refusal(copy(keyword(), json!({"type": "alias", "path": "a.b"}))), @"invalid mapping at [properties.z]: Invalid [path] value [a.b] for field alias [z]: an alias must have the same nested scope as its target. The alias is not nested, but the target's nested scope is [a].");
    }
}
