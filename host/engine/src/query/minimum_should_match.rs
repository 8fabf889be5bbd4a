//! How many optional clauses must match: `2`, `-1`, `"75%"`, `"-25%"`, `"2<75%"`, `"2<-25% 9<-3"`.

use serde_json::Value as Json;

use crate::json::{Node, ParseError};

/// A parsed `minimum_should_match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MinimumShouldMatch {
    /// Up to how many clauses all are required; then which rule holds for more. Ascending.
    conditions: Vec<(usize, Rule)>,
    /// What holds where no condition does.
    otherwise: Option<Rule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Count(i64),
    Percent(i64),
}

impl MinimumShouldMatch {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let parsed = match node.json() {
            Json::Number(number) => number.as_i64().map(|count| Self::always(Rule::Count(count))),
            Json::String(text) => Self::parse_text(text),
            _ => None,
        };
        parsed.ok_or_else(|| {
            node.error(format!(
                "invalid [minimum_should_match] {}, use a number, a percentage, or conditions such as \"2<75%\"",
                node.json()
            ))
        })
    }

    fn always(rule: Rule) -> Self {
        MinimumShouldMatch { conditions: Vec::new(), otherwise: Some(rule) }
    }

    fn parse_text(text: &str) -> Option<Self> {
        if !text.contains('<') {
            return Rule::parse(text.trim()).map(Self::always);
        }
        let mut conditions: Vec<(usize, Rule)> = Vec::new();
        for condition in text.split_whitespace() {
            let (above, rule) = condition.split_once('<')?;
            let above = above.parse().ok()?;
            if conditions.last().is_some_and(|(previous, _)| *previous >= above) {
                return None;
            }
            conditions.push((above, Rule::parse(rule)?));
        }
        Some(MinimumShouldMatch { conditions, otherwise: None })
    }

    /// How many of `clauses` must match. May be more than there are: then nothing matches.
    pub(super) fn required(&self, clauses: usize) -> usize {
        let held = self.conditions.iter().rev().find(|(above, _)| clauses > *above);
        match held.map(|(_, rule)| *rule).or(self.otherwise) {
            Some(rule) => rule.required(clauses),
            None => clauses,
        }
    }
}

impl Rule {
    fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|percent| (-100..=100).contains(percent)).map(Rule::Percent),
            None => text.parse().ok().map(Rule::Count),
        }
    }

    /// A negative rule says how many may be missing. Percentages are rounded down.
    fn required(self, clauses: usize) -> usize {
        let all = i64::try_from(clauses).unwrap_or(i64::MAX);
        let count = match self {
            Rule::Count(count) => count,
            Rule::Percent(percent) => percent * all / 100,
        };
        let required = match self {
            Rule::Percent(percent) if percent < 0 => all + count,
            Rule::Count(count) if count < 0 => all + count,
            _ => count,
        };
        usize::try_from(required.max(0)).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn required(json: &Json, clauses: usize) -> usize {
        MinimumShouldMatch::parse(&Node::root(json)).expect("valid").required(clauses)
    }

    #[test]
    fn counts_percentages_and_conditions() {
        assert_eq!(required(&json!(2), 5), 2);
        assert_eq!(required(&json!(-2), 5), 3);
        assert_eq!(required(&json!(-9), 5), 0);
        assert_eq!(required(&json!("75%"), 5), 3);
        assert_eq!(required(&json!("-25%"), 5), 4);
        assert_eq!(required(&json!("2<75%"), 2), 2);
        assert_eq!(required(&json!("2<75%"), 4), 3);
        let two = json!("2<-25% 9<-3");
        assert_eq!([2, 3, 9, 10].map(|clauses| required(&two, clauses)), [2, 3, 7, 7]);
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [json!("x"), json!("101%"), json!("3<2 1<2"), json!({}), json!(1.5), json!("")] {
            assert!(MinimumShouldMatch::parse(&Node::root(&bad)).is_err(), "{bad}");
        }
    }
}
