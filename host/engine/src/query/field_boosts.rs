//! Fields that a text is searched in, with boosts: `["title^3", "author.*"]`.

use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::Planner;
use quidditch_index::{FieldKind, matches_pattern};

use super::metadata_field::MetadataField;

/// Names or patterns of fields, each with what the scores in it are multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FieldBoosts(Vec<(String, f32)>);

impl FieldBoosts {
    /// All fields.
    pub(super) fn all() -> Self {
        Self::for_field("*")
    }

    /// Fields with this name or pattern.
    pub(super) fn for_field(name: &str) -> Self {
        FieldBoosts(vec![(name.to_owned(), 1.0)])
    }

    /// A list of names, or one name.
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields: Vec<(String, f32)> = Vec::new();
        for item in node.items() {
            let (name, boost) = parse_boost(&item)?;
            // The last one wins.
            match fields.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = boost,
                None => fields.push((name, boost)),
            }
        }
        Ok(if fields.is_empty() { Self::all() } else { FieldBoosts(fields) })
    }

    /// Whether all fields are searched: then a text need not be a value of each of them.
    pub(super) fn is_all(&self) -> bool {
        self.0.iter().any(|(name, _)| name == "*")
    }

    /// The fields of the index. Those of names that it does not have are left out; the boosts of fields with several patterns
    /// multiply.
    pub(super) fn resolve(&self, planner: &Planner<'_>) -> Vec<(String, f32)> {
        let mut resolved: Vec<(String, f32)> = Vec::new();
        let mut add = |name: &str, boost: f32| match resolved.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1 *= boost,
            None => resolved.push((name.to_owned(), boost)),
        };
        for (pattern, boost) in &self.0 {
            if !pattern.contains('*') {
                if planner.field(pattern).is_some() || MetadataField::find(pattern).is_some() {
                    add(pattern, *boost);
                }
                continue;
            }
            for field in planner.mapping().fields() {
                let has_terms = !matches!(
                    field.kind(),
                    FieldKind::GeoPoint | FieldKind::Percolator | FieldKind::RankFeature { .. }
                );
                if has_terms && matches_pattern(pattern, field.name()) {
                    add(field.name(), *boost);
                }
            }
        }
        resolved
    }

    /// The same; where a field has a companion whose name has this ending, that one.
    pub(super) fn resolve_with_suffix(&self, planner: &Planner<'_>, suffix: &str) -> Vec<(String, f32)> {
        let companion = |(name, boost): (String, f32)| {
            let companion = format!("{name}{suffix}");
            (if planner.mapping().field(&companion).is_some() { companion } else { name }, boost)
        };
        self.resolve(planner).into_iter().map(companion).collect()
    }
}

/// `name^2`
fn parse_boost(node: &Node<'_>) -> Result<(String, f32), ParseError> {
    let text = node.scalar()?;
    let Some((name, boost)) = text.split_once('^') else { return Ok((text.into_owned(), 1.0)) };
    let boost: f32 = boost.trim().parse().map_err(|_| {
        node.mistake(ErrorKind::NumberFormat, format!("[{boost}] is not a number, in the field [{text}]"))
    })?;
    if boost < 0.0 {
        return Err(
            node.mistake(ErrorKind::Argument, format!("negative [boost] is not allowed, in the field [{text}]"))
        );
    }
    if !boost.is_finite() {
        return Err(node.mistake(ErrorKind::Query, format!("the boost must be finite, in the field [{text}]")));
    }
    Ok((name.to_owned(), boost))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn names_have_boosts() {
        let parse = |json: Json| FieldBoosts::parse(&Node::root(&json)).expect("valid").0;
        let field = |name: &str, boost| (name.to_owned(), boost);
        assert_eq!(parse(json!(["a", "b^2.5", "c.*^0"])), [field("a", 1.0), field("b", 2.5), field("c.*", 0.0)]);
        assert_eq!(parse(json!("a")), [field("a", 1.0)]);
        assert_eq!(parse(json!(["a^2", "a^3"])), [field("a", 3.0)]);
        assert_eq!(parse(json!([])), [field("*", 1.0)]);
    }

    #[test]
    fn mistakes_have_kinds() {
        let kind = |json: Json| FieldBoosts::parse(&Node::root(&json)).expect_err("invalid").kind;
        assert_eq!([json!("a^x"), json!("a^"), json!("a^2^3")].map(kind), [ErrorKind::NumberFormat; 3]);
        assert_eq!(
            [json!("a^-1"), json!("a^1e39"), json!({})].map(kind),
            [ErrorKind::Argument, ErrorKind::Query, ErrorKind::Parsing]
        );
    }
}
