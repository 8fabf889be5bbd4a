//! The rules of synonym filters, in the formats of Solr and WordNet.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::analyzer::Analyzer;
use super::super::options::Options;
use super::super::token_limit::TokenLimit;
use crate::IndexError;

/// What sequences of words are replaced by, or get as synonyms.
#[derive(Debug, Default)]
pub(super) struct SynonymRules {
    rules: HashMap<Vec<String>, Replacement>,
    /// Words that sequences begin with, and the length of the longest.
    longest: HashMap<String, usize>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Replacement {
    /// Each is a sequence of words.
    pub(super) outputs: Vec<Vec<String>>,
    pub(super) keeps_original: bool,
}

/// What rules without an arrow mean: `expand`.
#[derive(Clone, Copy, PartialEq)]
enum Equivalents {
    /// Each sequence of words gets all others as synonyms.
    Expanded,
    /// Each is replaced by the first.
    Contracted,
}

/// What happens to texts of rules that cannot be analyzed: `lenient`.
#[derive(Clone, Copy, PartialEq)]
enum Invalid {
    Skipped,
    Refused,
}

/// How rules are read.
#[derive(Clone, Copy)]
struct Reading<'a> {
    equivalents: Equivalents,
    invalid: Invalid,
    /// Turns texts into words.
    analyzer: &'a Analyzer,
}

/// How a rule treats what it is about.
#[derive(Clone, Copy, PartialEq)]
enum Original {
    Kept,
    Replaced,
}

/// The words of a synonym. 10,000: no text has a longer one, and filters multiply tokens.
const WORDS: TokenLimit = TokenLimit { tokens: 10_000, bytes: 1 << 20 };

/// A rule that cannot be used. A lenient filter skips it.
type Reason = String;

impl SynonymRules {
    /// Reads the options of a filter. `analyzer` turns texts of rules into words.
    pub(super) fn read(options: &mut Options<'_>, analyzer: &Analyzer) -> Result<Self, IndexError> {
        let reading = Reading {
            equivalents: match options.flag("expand")?.unwrap_or(true) {
                true => Equivalents::Expanded,
                false => Equivalents::Contracted,
            },
            invalid: if options.flag("lenient")?.unwrap_or(false) { Invalid::Skipped } else { Invalid::Refused },
            analyzer,
        };
        options.flag("updateable")?;
        let format = options.text("format")?;
        for key in ["synonyms_path", "synonyms_set"] {
            if options.json(key).is_some() {
                return Err(options.error(key, "it is not supported: put the rules in [synonyms]"));
            }
        }
        let lines = options.required_list("synonyms")?;
        let mut rules = SynonymRules::default();
        let read = match format.as_deref() {
            None | Some("solr") => lines.iter().try_for_each(|line| rules.read_line(line, reading)),
            Some("wordnet") => rules.read_wordnet(&lines, reading),
            Some(other) => return Err(options.error("format", format!("{other:?} is neither solr nor wordnet"))),
        };
        read.map_err(|reason: Reason| options.error("synonyms", reason))?;
        Ok(rules)
    }

    /// Reads `a, b c` or `a, b c => d, e`.
    fn read_line(&mut self, line: &str, reading: Reading<'_>) -> Result<(), Reason> {
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let sides = split_unescaped(line, "=>");
        let words = |side: &str| -> Result<Vec<Vec<String>>, Reason> {
            let mut read = Vec::new();
            for text in split_unescaped(side, ",") {
                match analyzed(&unescaped(text.trim()), reading.analyzer) {
                    Ok(words) => read.push(words),
                    Err(_) if reading.invalid == Invalid::Skipped => {}
                    Err(reason) => return Err(format!("invalid rule {line:?}: {reason}")),
                }
            }
            Ok(read)
        };
        match &sides[..] {
            [side] => self.add_equivalent(&words(side)?, reading.equivalents),
            [from, to] => {
                let to = words(to)?;
                for from in words(from)? {
                    self.add(&from, &to, Original::Replaced);
                }
            }
            _ => return Err(format!("invalid rule {line:?}: it has more than one `=>`")),
        }
        Ok(())
    }

    /// Reads `s(100000001,1,'woods',n,1,0).`: words with the same first number are synonyms.
    fn read_wordnet(&mut self, lines: &[String], reading: Reading<'_>) -> Result<(), Reason> {
        let mut sets: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
        for line in lines {
            let Some(rest) = line.strip_prefix("s(") else { continue };
            let invalid = || format!("invalid rule {line:?}: expected `s(number,number,'word',...).`");
            let (set, rest) = rest.split_once(',').ok_or_else(invalid)?;
            let (_, quoted) = rest.split_once('\'').ok_or_else(invalid)?;
            let end = quoted.rfind('\'').ok_or_else(invalid)?;
            match analyzed(&quoted[..end].replace("''", "'"), reading.analyzer) {
                Ok(words) => sets.entry(set).or_default().push(words),
                Err(_) if reading.invalid == Invalid::Skipped => {}
                Err(reason) => return Err(format!("invalid rule {line:?}: {reason}")),
            }
        }
        sets.values().for_each(|set| self.add_equivalent(set, reading.equivalents));
        Ok(())
    }

    fn add_equivalent(&mut self, words: &[Vec<String>], equivalents: Equivalents) {
        for (index, from) in words.iter().enumerate() {
            if equivalents == Equivalents::Expanded {
                let others = words[..index].iter().chain(&words[index + 1..]);
                self.add(from, others, Original::Kept);
            } else {
                self.add(from, [&words[0]], Original::Replaced);
            }
        }
    }

    fn add<'a>(&mut self, from: &[String], to: impl IntoIterator<Item = &'a Vec<String>>, original: Original) {
        let longest = self.longest.entry(from[0].clone()).or_default();
        *longest = from.len().max(*longest);
        let rule = self.rules.entry(from.to_vec()).or_default();
        rule.keeps_original |= original == Original::Kept;
        let mut known: HashSet<&Vec<String>> = rule.outputs.iter().collect();
        let new: Vec<&Vec<String>> = to.into_iter().filter(|to| known.insert(*to)).collect();
        drop(known);
        rule.outputs.extend(new.into_iter().cloned());
    }

    /// The longest sequence at the beginning of these words that has a rule: its length, and the rule.
    pub(super) fn longest_match<'a>(&self, words: impl Iterator<Item = &'a str>) -> Option<(usize, &Replacement)> {
        let mut words = words.peekable();
        let longest = *self.longest.get(*words.peek()?)?;
        let mut sequence = Vec::with_capacity(longest);
        let mut found = None;
        for word in words.take(longest) {
            sequence.push(word.to_owned());
            if let Some(rule) = self.rules.get(&sequence) {
                found = Some((sequence.len(), rule));
            }
        }
        found
    }
}

/// The words of a synonym.
fn analyzed(text: &str, analyzer: &Analyzer) -> Result<Vec<String>, Reason> {
    let tokens = analyzer.tokens_within(text, WORDS).map_err(|_| "a synonym has too many words".to_owned())?;
    if tokens.is_empty() {
        return Err(format!("{text:?} has no words after its analysis"));
    }
    let mut words = Vec::with_capacity(tokens.len());
    for (expected, token) in tokens.into_iter().enumerate() {
        if token.position != expected {
            return Err(format!("the analysis of {text:?} leaves a gap, or several words at one position"));
        }
        words.push(token.text);
    }
    Ok(words)
}

/// Splits a text at a separator, except after a backslash.
fn split_unescaped<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        if character == '\\' {
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
        } else if text[at..].starts_with(separator) {
            parts.push(&text[start..at]);
            at += separator.len();
            start = at;
        } else {
            at += character.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}

fn unescaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        result.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    result
}
