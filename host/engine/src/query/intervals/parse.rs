//! Parses `intervals`.

use super::rule::{Arrangement, Filter, FilterRelation, IntervalsQuery, MAX_EXPANSIONS, Mode, Pattern, Rule, RuleKind};
use crate::clause::Clause;
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};
use crate::query::fuzziness::{Fuzziness, transpositions};
use crate::query::regexp::{Operators, Regexp};
use crate::query::rewrite::MAX_TERMS;
use crate::query::term_pattern::{LetterCase, PatternOptions};
use crate::request::{Parser, take_boost};
use crate::scores::Relation;
use crate::terms::{MAX_EFFORT, Transpositions};

const MODES: Words<Mode> = Words {
    key: "mode",
    case: Case::Exact,
    error: ErrorKind::Object,
    words: &[
        ("ordered", Mode::Ordered),
        ("unordered", Mode::Unordered),
        ("unordered_no_overlap", Mode::UnorderedWithoutOverlaps),
    ],
};

const RULES: &str = "[match], [any_of], [all_of], [prefix], [wildcard], [regexp], [fuzzy]";

pub(in super::super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[intervals] query").map_err(|error| error.of_kind(ErrorKind::Parsing))?;
    let mut fields = body.fields()?;
    let boost = take_boost(&mut fields)?;
    let mut rules = fields.rest();
    let Some((name, rule)) = rules.next() else {
        return Err(body.error("Missing intervals from interval query definition"));
    };
    if let Some((other, node)) = rules.next() {
        return Err(node.error(format!("Only one interval rule can be specified, found [{name}] and [{other}]")));
    }
    let rule = parse_rule(name, &rule, parser)?;
    Ok(Box::new(IntervalsQuery { field: field.to_owned(), rule, boost }))
}

/// `{"match": {...}}`
fn parse_inner(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Rule, ParseError> {
    let parsed = node.only_entry("an interval rule").map_err(|error| error.of_kind(ErrorKind::Parsing));
    parsed.and_then(|(name, rule)| parse_rule(name, &rule, parser)).map_err(|error| error.inside(ErrorKind::Object))
}

fn parse_rule(name: &str, node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Rule, ParseError> {
    let as_object =
        |error: ParseError| if error.outer_kind.is_some() { error } else { error.of_kind(ErrorKind::Object) };
    parser.nested(node, |parser| {
        let mut fields = node.fields().map_err(as_object)?;
        let kind = match name {
            "match" => {
                let text = required(&mut fields, "query", "[match]")?;
                let arrangement = arrangement(&mut fields).map_err(as_object)?;
                let (analyzer, use_field) = analyzer_and_field(&mut fields)?;
                RuleKind::Match { text, analyzer, use_field, arrangement }
            }
            "all_of" => {
                let rules = inner_rules(&mut fields, "[all_of]", parser)?;
                RuleKind::AllOf { rules, arrangement: arrangement(&mut fields).map_err(as_object)? }
            }
            "any_of" => RuleKind::AnyOf(inner_rules(&mut fields, "[any_of]", parser)?),
            "prefix" | "wildcard" | "regexp" | "fuzzy" => pattern(name, node, &mut fields)?,
            _ => return Err(node.error(format!("Unknown interval type [{name}], expecting one of {RULES}"))),
        };
        let filter = match (&kind, name) {
            (RuleKind::Pattern { .. }, _) => None,
            _ => fields.take("filter").map(|node| parse_filter(&node, parser)).transpose()?,
        };
        fields.finish(&format!("[{name}]")).map_err(as_object)?;
        Ok(Rule { kind, filter: filter.map(Box::new) })
    })
}

fn required(fields: &mut Fields<'_>, key: &'static str, what: &str) -> Result<String, ParseError> {
    let value = fields.required_or(ErrorKind::Argument, key, what)?;
    value.text().map(str::to_owned).map_err(|error| error.of_kind(ErrorKind::Object))
}

fn optional_text(fields: &mut Fields<'_>, key: &'static str) -> Result<Option<String>, ParseError> {
    let text = fields.optional(key, |node| node.text().map(str::to_owned));
    text.map_err(|error| error.of_kind(ErrorKind::Object))
}

fn analyzer_and_field(fields: &mut Fields<'_>) -> Result<(Option<String>, Option<String>), ParseError> {
    Ok((optional_text(fields, "analyzer")?, optional_text(fields, "use_field")?))
}

fn arrangement(fields: &mut Fields<'_>) -> Result<Arrangement, ParseError> {
    let max_gaps = fields.optional("max_gaps", Node::integer)?.filter(|gaps| *gaps != -1);
    let mode = fields.optional("mode", |node| MODES.read(node))?;
    let is_ordered = fields.optional("ordered", Node::boolean)?;
    let ordered = is_ordered.map(|is_ordered| if is_ordered { Mode::Ordered } else { Mode::Unordered });
    Ok(Arrangement { mode: ordered.or(mode).unwrap_or(Mode::Unordered), max_gaps: max_gaps.map(i64::from) })
}

fn inner_rules(fields: &mut Fields<'_>, what: &str, parser: &mut Parser<'_>) -> Result<Vec<Rule>, ParseError> {
    let list = fields.required_or(ErrorKind::Argument, "intervals", what)?;
    list.items().map(|item| parse_inner(&item, parser)).collect()
}

fn parse_filter(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Filter, ParseError> {
    let in_object = |error: ParseError| error.inside(ErrorKind::Object);
    let (name, rule) = node.only_entry("a filter").map_err(|error| in_object(error.of_kind(ErrorKind::Parsing)))?;
    let relation = match name {
        "containing" => FilterRelation::Is(Relation::Containing),
        "not_containing" => FilterRelation::Is(Relation::NotContaining),
        "contained_by" => FilterRelation::Is(Relation::ContainedBy),
        "not_contained_by" => FilterRelation::Is(Relation::NotContainedBy),
        "overlapping" => FilterRelation::Is(Relation::Overlapping),
        "not_overlapping" => FilterRelation::Is(Relation::NotOverlapping),
        "before" => FilterRelation::Before,
        "after" => FilterRelation::After,
        "script" => return Err(node.error("[intervals] query does not support a [script] in [filter]")),
        _ => return Err(node.mistake(ErrorKind::Query, format!("Unknown filter type [{name}]"))),
    };
    Ok(Filter { relation, rule: parse_inner(&rule, parser)? })
}

fn pattern(name: &str, node: &Node<'_>, fields: &mut Fields<'_>) -> Result<RuleKind, ParseError> {
    let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
    let max_expansions = match name {
        "wildcard" | "regexp" => fields.optional("max_expansions", Node::integer).map_err(as_object)?,
        _ => None,
    };
    let max_expansions = max_expansions.and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0);
    if let Some(most) = max_expansions.filter(|most| *most > MAX_TERMS) {
        let reason = format!("[max_expansions] [{most}] cannot be greater than the most clauses, {MAX_TERMS}");
        return Err(node.mistake(ErrorKind::Query, reason));
    }
    let pattern = match name {
        "prefix" => Pattern::Prefix {
            text: required(fields, "prefix", "[prefix]")?,
            analyzer: optional_text(fields, "analyzer")?,
        },
        "wildcard" => Pattern::Wildcard {
            text: required(fields, "pattern", "[wildcard]")?,
            analyzer: optional_text(fields, "analyzer")?,
        },
        "regexp" => {
            let text = required(fields, "pattern", "[regexp]")?;
            let named = fields.optional("flags", Operators::parse).map_err(as_object)?;
            let operators = fields.optional("flags_value", Operators::from_bits).map_err(as_object)?.or(named);
            let operators = operators.unwrap_or(Operators::ALL);
            let case = LetterCase::take(fields).map_err(as_object)?;
            let regexp = Regexp { text: &text, operators, case, effort: MAX_EFFORT };
            Pattern::Regexp(regexp.pattern("", PatternOptions::default()))
        }
        _ => Pattern::Fuzzy {
            text: required(fields, "term", "[fuzzy]")?,
            analyzer: optional_text(fields, "analyzer")?,
            fuzziness: fields.optional("fuzziness", Fuzziness::parse).map_err(as_object)?.unwrap_or(Fuzziness::AUTO),
            prefix_length: fields.optional("prefix_length", Node::count).map_err(as_object)?.unwrap_or(0),
            transpositions: fields
                .optional("transpositions", transpositions)
                .map_err(as_object)?
                .unwrap_or(Transpositions::OneEdit),
        },
    };
    let use_field = optional_text(fields, "use_field")?;
    Ok(RuleKind::Pattern { pattern, use_field, max_expansions: max_expansions.unwrap_or(MAX_EXPANSIONS) })
}
