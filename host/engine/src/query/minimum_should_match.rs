//! How many optional clauses must match: `2`, `-1`, `"75%"`, `"-25%"`, `"2<75%"`, `"2<-25% 9<-3"`.

use crate::json::{ErrorKind, Node, ParseError};

/// A parsed `minimum_should_match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MinimumShouldMatch {
    /// Conditions in their order: a rule, and how many clauses there must be more of. The first condition that is not met ends the
    /// list; the last that was met decides.
    conditions: Vec<(i32, Rule)>,
    /// What holds where no condition does.
    otherwise: Option<Rule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Count(i32),
    Percent(i32),
}

impl MinimumShouldMatch {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let text = node.scalar()?;
        Self::parse_text(text.trim()).ok_or_else(|| {
            let reason = format!(
                "invalid [minimum_should_match] {}, use a number, a percentage, or conditions such as \"2<75%\"",
                node.json()
            );
            node.mistake(ErrorKind::Query, reason)
        })
    }

    fn parse_text(text: &str) -> Option<Self> {
        if !text.contains('<') {
            return Some(MinimumShouldMatch { conditions: Vec::new(), otherwise: Some(Rule::parse(text)?) });
        }
        // Spaces separate conditions, except around `<`.
        let parts: Vec<&str> = text.split('<').map(str::trim).collect();
        let without_spaces = parts.join("<");
        let mut conditions: Vec<(i32, Rule)> = Vec::new();
        for condition in without_spaces.split_whitespace() {
            let (above, rule) = condition.split_once('<')?;
            conditions.push((above.parse().ok()?, Rule::parse(rule)?));
        }
        Some(MinimumShouldMatch { conditions, otherwise: None })
    }

    /// How many of `clauses` must match. May be more than there are: then nothing matches.
    pub(super) fn required(&self, clauses: usize) -> usize {
        let count = i64::try_from(clauses).unwrap_or(i64::MAX);
        let held = self.conditions.iter().take_while(|(above, _)| count > i64::from(*above)).last();
        match held.map(|(_, rule)| *rule).or(self.otherwise) {
            Some(rule) => rule.required(clauses),
            None => clauses,
        }
    }
}

impl Rule {
    fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().map(Rule::Percent),
            None => text.parse().ok().map(Rule::Count),
        }
    }

    /// A negative rule says how many may be missing. Percentages are rounded down.
    fn required(self, clauses: usize) -> usize {
        let all = i64::try_from(clauses).unwrap_or(i64::MAX);
        let count = match self {
            Rule::Count(count) => i64::from(count),
            Rule::Percent(percent) => i64::from(percent).saturating_mul(all) / 100,
        };
        let is_negative = matches!(self, Rule::Count(number) | Rule::Percent(number) if number < 0);
        let required = if is_negative { all.saturating_add(count) } else { count };
        usize::try_from(required.max(0)).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

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
    fn texts_are_read_as_leniently_as_clients_expect() {
        assert_eq!(required(&json!(" 2 "), 5), 2);
        assert_eq!(required(&json!("+2"), 5), 2);
        assert_eq!(required(&json!("150%"), 2), 3);
        assert_eq!(required(&json!("-150%"), 2), 0);
        assert_eq!(required(&json!("1 < 50%"), 4), 2);
        // Not ascending: the first condition that is not met ends the list.
        assert_eq!(required(&json!("3<2 1<1"), 3), 3);
        assert_eq!(required(&json!("3<2 1<1"), 4), 1);
    }

    #[test]
    fn nonsense_is_refused() {
        let error = |json: &Json| MinimumShouldMatch::parse(&Node::root(json)).expect_err("not a minimum").kind;
        for bad in
            [json!("x"), json!("50 %"), json!("1<"), json!("x<1"), json!(1.5), json!(""), json!(99_999_999_999_i64)]
        {
            assert_eq!(error(&bad), ErrorKind::Query, "{bad}");
        }
        assert_eq!(error(&json!({})), ErrorKind::Parsing);
    }
}
