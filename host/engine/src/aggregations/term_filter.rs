//! `include` and `exclude` of terms.

use std::collections::HashSet;
use std::sync::Arc;

use quidditch_index::ip_term;
use serde_json::Value as Json;
use tantivy::columnar::StrColumn;
use tantivy::{TantivyError, i64_to_u64};

use super::failure;
use super::kind::Kind;
use super::reader::float_bits;
use super::source::Source;
use super::time_zone;
use super::value_format::ValueFormat;
use crate::Error;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::Planner;
use crate::query::compile_regexp;
use crate::terms::TermAutomaton;

/// Which terms have a bucket, as a request says it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TermFilterRequest {
    include: Option<Set>,
    exclude: Option<Set>,
    /// The number of this part of all terms, and the number of parts.
    partition: Option<(usize, usize)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Set {
    Pattern(String),
    Values(Vec<Json>),
}

impl TermFilterRequest {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let mut request = TermFilterRequest::default();
        if let Some(node) = fields.take("include") {
            if node.is_object() {
                request.partition = Some(parse_partition(&node)?);
            } else {
                request.include = Some(parse_set(&node)?);
            }
        }
        if let Some(node) = fields.take("exclude") {
            if request.partition.is_some() {
                return Err(node.error("[exclude] cannot be used together with a partition in [include]"));
            }
            request.exclude = Some(parse_set(&node)?);
            let is_mixed = matches!(
                (&request.include, &request.exclude),
                (Some(Set::Pattern(_)), Some(Set::Values(_))) | (Some(Set::Values(_)), Some(Set::Pattern(_)))
            );
            if is_mixed {
                return Err(node.error("[include] and [exclude] must both be patterns or both be lists"));
            }
        }
        Ok(request)
    }

    /// Checks it against the field; `None` if all terms have buckets. `of_pattern` is the kind of the mistake of a pattern for what
    /// is not a text.
    pub(super) fn plan(
        &self,
        source: &Source,
        planner: &Planner<'_>,
        of_pattern: ErrorKind,
    ) -> Result<Option<TermFilter>, Error> {
        if *self == TermFilterRequest::default() {
            return Ok(None);
        }
        let is_text = source.kind == Kind::Text && !matches!(source.format, ValueFormat::Ip);
        for set in [&self.include, &self.exclude].into_iter().flatten() {
            if let Set::Pattern(pattern) = set
                && !is_text
            {
                let reason = format!(
                    "the pattern [{pattern}] in [include] or [exclude] can only be used for keywords: list the values instead"
                );
                return Err(Error::Shard { kind: of_pattern, reason });
            }
        }
        let filter = TermFilter {
            include: self.include.as_ref().map(|set| Matcher::plan(set, source, planner)).transpose()?,
            exclude: self.exclude.as_ref().map(|set| Matcher::plan(set, source, planner)).transpose()?,
            partition: self.partition,
            is_of_addresses: matches!(source.format, ValueFormat::Ip),
        };
        Ok(Some(filter))
    }
}

fn parse_partition(node: &Node<'_>) -> Result<(usize, usize), ParseError> {
    const WHAT: &str = "a partition in [include]";
    let mut fields = node.fields()?;
    let partition = fields.required("partition", WHAT)?.count()?;
    let partitions = fields.required("num_partitions", WHAT)?.count()?;
    fields.finish(WHAT)?;
    if partition >= partitions {
        return Err(node.error(format!(
            "[partition] must be less than [num_partitions], which is {partitions}, got [{partition}]"
        )));
    }
    Ok((partition, partitions))
}

fn parse_set(node: &Node<'_>) -> Result<Set, ParseError> {
    match node.json() {
        Json::String(pattern) => Ok(Set::Pattern(pattern.clone())),
        Json::Array(values) => {
            match values.iter().position(|value| value.is_object() || value.is_array() || value.is_null()) {
                None => Ok(Set::Values(values.clone())),
                Some(index) => Err(node.error(format!("item {index} must be a string, number or boolean"))),
            }
        }
        _ => Err(node.error("it must be a pattern, a list of values, or (in [include]) a partition")),
    }
}

/// Which terms have a bucket.
pub(super) struct TermFilter {
    include: Option<Matcher>,
    exclude: Option<Matcher>,
    partition: Option<(usize, usize)>,
    is_of_addresses: bool,
}

enum Matcher {
    Pattern(Arc<TermAutomaton>),
    Texts(HashSet<String>),
    /// As the field's column has them.
    Bits(HashSet<u64>),
}

impl Matcher {
    fn plan(set: &Set, source: &Source, planner: &Planner<'_>) -> Result<Self, Error> {
        let is_address = matches!(source.format, ValueFormat::Ip);
        match (set, source.kind) {
            (Set::Pattern(pattern), _) => Ok(Matcher::Pattern(compile(pattern)?)),
            (Set::Values(values), Kind::Text) if is_address => {
                let address = |value: &Json| {
                    let term = value.as_str().and_then(ip_term);
                    term.ok_or_else(|| {
                        failure::argument(format!("{value} in [include] or [exclude] is not an IP address"))
                    })
                };
                Ok(Matcher::Texts(values.iter().map(address).collect::<Result<_, _>>()?))
            }
            (Set::Values(values), Kind::Text) => {
                let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                Ok(Matcher::Texts(values.iter().map(text).collect()))
            }
            (Set::Values(values), _) => {
                let bits = values.iter().map(|value| bits_of(value, source, planner)).collect::<Result<_, _>>()?;
                Ok(Matcher::Bits(bits))
            }
        }
    }

    fn has_text(&self, text: &str) -> bool {
        match self {
            Matcher::Pattern(pattern) => pattern.accepts(text),
            Matcher::Texts(texts) => texts.contains(text),
            Matcher::Bits(_) => false,
        }
    }

    fn has_bits(&self, bits: u64) -> bool {
        matches!(self, Matcher::Bits(all) if all.contains(&bits))
    }
}

fn bits_of(value: &Json, source: &Source, planner: &Planner<'_>) -> Result<u64, Error> {
    let number = || {
        let number = match value {
            Json::String(text) => text.parse().ok(),
            value => value.as_f64(),
        };
        number.ok_or_else(|| failure::number_format(format!("[{value}] in [include] or [exclude] is not a number")))
    };
    let integer = || match value {
        Json::Number(number) if number.is_i64() => Ok(number.as_i64().unwrap_or(0)),
        _ => number().map(|number| number as i64),
    };
    match (source.kind, value, &source.format) {
        (Kind::Boolean, Json::Bool(value), _) => Ok(u64::from(*value)),
        (Kind::Boolean, Json::String(text), _) if text == "true" => Ok(1),
        (Kind::Boolean, Json::String(text), _) if text == "false" => Ok(0),
        (Kind::Boolean, ..) => {
            Err(failure::argument(format!("[{value}] in [include] or [exclude] must be [true] or [false]")))
        }
        (Kind::Date, Json::String(text), ValueFormat::Date(format, zone)) => {
            Ok(i64_to_u64(time_zone::read_date(text, format, zone, planner.now_millis)?))
        }
        _ if source.has_floats() => Ok(float_bits(number()?)),
        _ => Ok(i64_to_u64(integer()?)),
    }
}

/// The pattern of a whole term.
fn compile(pattern: &str) -> Result<Arc<TermAutomaton>, Error> {
    compile_regexp(pattern).map_err(|reason| {
        failure::argument(format!("the pattern [{pattern}] in [include] or [exclude] is invalid: {reason}"))
    })
}

impl TermFilter {
    pub(super) fn keeps_text(&self, text: &str) -> bool {
        if let Some((partition, partitions)) = self.partition {
            let address = u128::from_str_radix(text, 16).ok().filter(|_| self.is_of_addresses).map(u128::to_be_bytes);
            let bytes = address.as_ref().map_or(text.as_bytes(), |address| address);
            let hash = i64::from(murmur3(bytes, 31) as i32);
            return hash.rem_euclid(partitions as i64) == partition as i64;
        }
        self.include.as_ref().is_none_or(|set| set.has_text(text))
            && !self.exclude.as_ref().is_some_and(|set| set.has_text(text))
    }

    /// Whether a number has a bucket. `bits` are as the column has them, `hashed` is what partitions hash.
    pub(super) fn keeps_bits(&self, bits: u64, hashed: i64) -> bool {
        if let Some((partition, partitions)) = self.partition {
            return mix(hashed).rem_euclid(partitions as i64) == partition as i64;
        }
        self.include.as_ref().is_none_or(|set| set.has_bits(bits))
            && !self.exclude.as_ref().is_some_and(|set| set.has_bits(bits))
    }

    /// For each text of a dictionary, whether it has a bucket.
    pub(super) fn kept(&self, texts: &StrColumn) -> Result<Vec<bool>, Error> {
        if let (Some(Matcher::Texts(included)), None) = (&self.include, &self.exclude) {
            let mut kept = vec![false; texts.num_terms()];
            for text in included {
                if let Some(ordinal) = texts.dictionary().term_ord(text).map_err(TantivyError::from)? {
                    kept[ordinal as usize] = true;
                }
            }
            return Ok(kept);
        }
        let mut kept = Vec::with_capacity(texts.num_terms());
        let mut stream = texts.dictionary().stream().map_err(TantivyError::from)?;
        while stream.advance() {
            kept.push(self.keeps_text(&String::from_utf8_lossy(stream.key())));
        }
        Ok(kept)
    }
}

/// Spreads the bits of a number, as clients' partitions do.
fn mix(number: i64) -> i64 {
    let mut bits = number as u64;
    bits = (bits ^ (bits >> 32)).wrapping_mul(0x4cd6_944c_5cc2_0b6d);
    bits = (bits ^ (bits >> 29)).wrapping_mul(0xfc12_c5b1_9d32_59e9);
    (bits ^ (bits >> 32)) as i64
}

/// MurmurHash3, 32 bits, as clients' partitions use it.
fn murmur3(bytes: &[u8], seed: u32) -> u32 {
    const FIRST: u32 = 0xcc9e_2d51;
    const SECOND: u32 = 0x1b87_3593;
    let scramble = |block: u32| block.wrapping_mul(FIRST).rotate_left(15).wrapping_mul(SECOND);
    let mut hash = seed;
    let (blocks, rest) = bytes.as_chunks::<4>();
    for block in blocks {
        hash ^= scramble(u32::from_le_bytes(*block));
        hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    if !rest.is_empty() {
        let mut block = [0; 4];
        block[..rest.len()].copy_from_slice(rest);
        hash ^= scramble(u32::from_le_bytes(block));
    }
    hash ^= bytes.len() as u32;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        compile(pattern).expect("a pattern").accepts(text)
    }

    #[test]
    fn patterns_match_whole_terms() {
        assert!(matches("t.*", "t1"));
        assert!(!matches("t.*", "at1"));
        assert!(matches("t[0-1]|a", "a"));
        assert!(!matches("t|a", "at"));
        assert!(matches("a.b", "a\nb"));
        assert!(matches("[^a]\\d", "b7"));
        assert!(matches("^a$", "^a$"));
        assert!(matches("a\\.b", "a.b"));
        for pattern in ["t[", "a{", "(a", "\\q", "a\\", ".*a.{20}"] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn hashes_are_the_known_ones() {
        assert_eq!(murmur3(b"", 0), 0);
        assert_eq!(murmur3(b"hello", 0), 0x248b_fa47);
        assert_eq!(murmur3(b"hello, world", 0), 0x149b_bb7f);
        let partition = |number: i64| mix(number).rem_euclid(3);
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(partition), [0, 2, 2, 1, 2, 0, 0]);
    }
}
