//! How significant a term is: how much more frequent it is in a bucket than in the background.

use quidditch_expression::Language;
use serde_json::Value as Json;

use super::answering::Answering;
use super::failure;
use super::pipelines::PipelineScript;
use crate::Error;
use crate::json::{ErrorKind, Fields, Node, ParseError};

/// How a term is scored. The formulas are those of Manning, Raghavan and Schütze, "Introduction to Information Retrieval", chapter
/// 13.5, and of Cilibrasi and Vitányi, "The Google Similarity Distance".
#[derive(Debug, Clone)]
pub(super) enum Heuristic {
    /// The difference of the frequencies, times their ratio.
    Jlh,
    MutualInformation(Negatives, Superset),
    ChiSquare(Negatives, Superset),
    NormalizedDistance(Superset),
    Percentage,
    Script(PipelineScript),
}

/// What happens to terms that are less frequent in the bucket than elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Negatives {
    Exclude,
    Include,
}

/// Whether the documents of the bucket are in the background, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Superset {
    Yes,
    No,
}

/// Numbers of documents: those with the term, and all, in the bucket and in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frequencies {
    pub(super) count: u64,
    pub(super) size: u64,
    pub(super) background_count: u64,
    pub(super) background_size: u64,
}

const KEYS: &[&str] = &["chi_square", "gnd", "jlh", "mutual_information", "percentage", "script_heuristic"];

impl Heuristic {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let mut found: Option<(&str, Heuristic)> = None;
        for key in KEYS {
            let Some(node) = fields.take(key) else { continue };
            if let Some((first, _)) = found {
                return Err(node.error(format!("[{first}] and [{key}] cannot be used together")));
            }
            found = Some((key, Self::parse(key, &node)?));
        }
        Ok(found.map_or(Heuristic::Jlh, |(_, heuristic)| heuristic))
    }

    fn parse(key: &str, node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let heuristic = match key {
            "chi_square" | "mutual_information" => {
                let negatives = match fields.optional("include_negatives", Node::boolean)? {
                    Some(true) => Negatives::Include,
                    _ => Negatives::Exclude,
                };
                let superset = Superset::take(&mut fields)?;
                match key {
                    "chi_square" => Heuristic::ChiSquare(negatives, superset),
                    _ => Heuristic::MutualInformation(negatives, superset),
                }
            }
            "gnd" => Heuristic::NormalizedDistance(Superset::take(&mut fields)?),
            "script_heuristic" => {
                // Clients expect this mistake as one of the whole aggregation.
                let script = fields.required_or(ErrorKind::Argument, "script", "[script_heuristic]");
                let script = script.map_err(|error| error.inside(ErrorKind::Argument))?;
                Heuristic::Script(PipelineScript::parse(&script)?)
            }
            "percentage" => Heuristic::Percentage,
            _ => Heuristic::Jlh,
        };
        fields.finish(&format!("[{key}]"))?;
        Ok(heuristic)
    }

    /// Checks that its script is in a language with such scripts, if that is known already.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Heuristic::Script(script) => script.language().map_or(Ok(()), check_language),
            _ => Ok(()),
        }
    }

    /// The id of the stored script that it names.
    pub(super) fn stored_script(&self) -> Option<&str> {
        match self {
            Heuristic::Script(script) => script.stored(),
            _ => None,
        }
    }

    /// The score of a term. Only those above 0 are significant.
    pub(super) fn score(&self, frequencies: Frequencies, answering: &Answering) -> Result<f64, Error> {
        match self {
            Heuristic::Jlh => Ok(jlh(frequencies)),
            Heuristic::MutualInformation(negatives, superset) => {
                Ok(Table::new(frequencies, *superset)?.mutual_information(*negatives))
            }
            Heuristic::ChiSquare(negatives, superset) => Ok(Table::new(frequencies, *superset)?.chi_square(*negatives)),
            Heuristic::NormalizedDistance(superset) => Ok(Table::new(frequencies, *superset)?.nearness()),
            Heuristic::Percentage if frequencies.background_count == 0 => Ok(0.0),
            Heuristic::Percentage => Ok(frequencies.count as f64 / frequencies.background_count as f64),
            Heuristic::Script(script) => {
                let mut params = script.params.clone();
                for (name, count) in [
                    ("_subset_freq", frequencies.count),
                    ("_subset_size", frequencies.size),
                    ("_superset_freq", frequencies.background_count),
                    ("_superset_size", frequencies.background_size),
                ] {
                    params.insert(name.to_owned(), Json::from(count));
                }
                check_language(script.source(answering).language)?;
                let number = script.with(&params, answering).number(&answering.scripts).map_err(Error::Function)?;
                number.ok_or_else(|| failure::execution("the script of [script_heuristic] must return a number"))
            }
        }
    }
}

fn check_language(language: Language) -> Result<(), Error> {
    match language {
        Language::Painless => Ok(()),
        Language::Expression => {
            Err(failure::argument("[script_heuristic] does not support scripts in [expression]: use [painless]"))
        }
    }
}

impl Superset {
    fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let is_superset = fields.optional("background_is_superset", Node::boolean)?;
        Ok(if is_superset == Some(false) { Superset::No } else { Superset::Yes })
    }
}

fn jlh(Frequencies { count, size, background_count, background_size }: Frequencies) -> f64 {
    if size == 0 || background_size == 0 {
        return 0.0;
    }
    let share = count as f64 / size as f64;
    // A term that the background does not have counts as if one document had it.
    let background_share = background_count.max(1) as f64 / background_size as f64;
    if share <= background_share { 0.0 } else { (share - background_share) * (share / background_share) }
}

/// Numbers of documents, in and outside of the bucket, with and without the term.
struct Table {
    inside_with: f64,
    inside_without: f64,
    outside_with: f64,
    outside_without: f64,
    inside: f64,
    outside: f64,
    with: f64,
    without: f64,
    all: f64,
}

impl Table {
    fn new(frequencies: Frequencies, superset: Superset) -> Result<Self, Error> {
        let Frequencies { count, size, background_count, background_size } = frequencies;
        if superset == Superset::Yes {
            check_superset(frequencies)?;
        }
        let [count, size, background_count, background_size] =
            [count, size, background_count, background_size].map(|number| number as f64);
        let (outside, outside_with) = match superset {
            Superset::Yes => (background_size - size, background_count - count),
            Superset::No => (background_size, background_count),
        };
        let (inside_without, outside_without) = (size - count, outside - outside_with);
        Ok(Table {
            inside_with: count,
            inside_without,
            outside_with,
            outside_without,
            inside: size,
            outside,
            with: count + outside_with,
            without: inside_without + outside_without,
            all: size + outside,
        })
    }

    fn is_negative(&self) -> bool {
        self.inside_with / self.inside < self.outside_with / self.outside
    }

    fn mutual_information(&self, negatives: Negatives) -> f64 {
        if negatives == Negatives::Exclude && self.is_negative() {
            return f64::MIN;
        }
        let part = |both: f64, one: f64, other: f64| match both == 0.0 || one == 0.0 || other == 0.0 {
            true => 0.0,
            false => both / self.all * (self.all * both / (one * other)).log2(),
        };
        part(self.inside_with, self.with, self.inside)
            + part(self.outside_with, self.with, self.outside)
            + part(self.inside_without, self.without, self.inside)
            + part(self.outside_without, self.without, self.outside)
    }

    fn chi_square(&self, negatives: Negatives) -> f64 {
        if negatives == Negatives::Exclude && self.is_negative() {
            return f64::NEG_INFINITY;
        }
        let difference = self.inside_with * self.outside_without - self.inside_without * self.outside_with;
        self.all * difference * difference / (self.inside * self.with * self.without * self.outside)
    }

    /// How near the term and the bucket are: the inverse of their distance.
    fn nearness(&self) -> f64 {
        let (with, inside, both) = (self.with, self.inside, self.inside_with);
        if both == 0.0 {
            return 0.0;
        }
        if with == inside && with == both {
            return 1.0;
        }
        let (with, inside) = (with.ln(), inside.ln());
        (-((with.max(inside) - both.ln()) / (self.all.ln() - with.min(inside)))).exp()
    }
}

fn check_superset(frequencies: Frequencies) -> Result<(), Error> {
    let Frequencies { count, size, background_count, background_size } = frequencies;
    let reason = if count > background_count {
        "more documents of the bucket have the term than of the background"
    } else if size > background_size {
        "the bucket has more documents than the background"
    } else if background_count - count > background_size - size {
        "the background has more documents with the term, outside of the bucket, than documents"
    } else {
        return Ok(());
    };
    Err(failure::argument(format!(
        "{reason}: does the background filter not include all documents of the bucket? If so and it is intentional, set \
         \"background_is_superset\": false"
    )))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use quidditch_clock::ManualClock;
    use quidditch_expression::ScriptRun;
    use quidditch_function::Budget;
    use serde_json::json;

    use super::*;

    fn score(json: &Json, [count, size, background_count, background_size]: [u64; 4]) -> Result<f64, Error> {
        let node = Node::root(json);
        let heuristic = Heuristic::take(&mut node.fields().expect("an object")).expect("valid");
        let scripts = ScriptRun::new(Arc::new(ManualClock::default()), Arc::new(Budget::new(Duration::from_secs(1))));
        let frequencies = Frequencies { count, size, background_count, background_size };
        heuristic.score(frequencies, &Answering::new(1, scripts, Arc::default()))
    }

    #[test]
    fn scores_are_those_that_clients_know() {
        for (json, expected) in [
            (json!({}), 0.9319526627218935),
            (json!({"mutual_information": {}}), 0.1593876098156305),
            (json!({"mutual_information": {"background_is_superset": false}}), 0.08311588669837115),
            (json!({"chi_square": {}}), 26.5139116202946),
            (json!({"gnd": {}}), 0.6075457867665119),
            (json!({"gnd": {"background_is_superset": false}}), 0.5149690008011766),
            (json!({"percentage": {}}), 0.4666666666666667),
            (
                json!({"script_heuristic": {"script": {
                    "source": "params._subset_freq * params.w + params._subset_size * 0.1 + params._superset_size", "params": {"w": 2}
                }}}),
                164.6,
            ),
        ] {
            let found = score(&json, [21, 26, 45, 120]).expect("valid");
            assert!((found - expected).abs() < 1e-12 * expected, "{json}: {found}");
        }
        for (json, expected) in [
            (json!({"mutual_information": {"include_negatives": true}}), 0.036060748594235977),
            (json!({"chi_square": {"include_negatives": true}}), 4.65273328495213),
            (json!({"mutual_information": {}}), f64::MIN),
            (json!({"chi_square": {}}), f64::NEG_INFINITY),
            (json!({"jlh": {}}), 0.0),
        ] {
            let found = score(&json, [1, 26, 22, 120]).expect("valid");
            assert!(found == expected || (found - expected).abs() < 1e-12, "{json}: {found}");
        }
        // A term that the background does not have.
        assert!((score(&json!({}), [8, 45, 0, 120]).expect("valid") - 3.614_814_814_814_815_6).abs() < 1e-12);
    }

    #[test]
    fn a_background_without_the_bucket_must_be_meant() {
        let chi_square = json!({"chi_square": {}});
        assert!(score(&chi_square, [21, 26, 15, 38]).is_err());
        assert!(score(&chi_square, [2, 50, 5, 38]).is_err());
        assert!(score(&chi_square, [1, 26, 30, 38]).is_err());
        assert!(score(&json!({"chi_square": {"background_is_superset": false}}), [21, 26, 15, 38]).is_ok());
    }

    #[test]
    fn mistakes_of_heuristics_are_reported() {
        let kind = |json: Json| {
            Heuristic::take(&mut Node::root(&json).fields().expect("an object")).err().map(|error| error.kind)
        };
        assert_eq!(kind(json!({"jlh": {}, "gnd": {}})), Some(ErrorKind::Parsing));
        assert_eq!(kind(json!({"jlh": {"x": 1}})), Some(ErrorKind::Parsing));
        assert_eq!(kind(json!({"gnd": {"include_negatives": true}})), Some(ErrorKind::Parsing));
        assert_eq!(kind(json!({"chi_square": {"background_is_superset": "x"}})), Some(ErrorKind::Argument));
        assert_eq!(kind(json!({"percentage": 5})), Some(ErrorKind::Parsing));
        assert_eq!(kind(json!({"script_heuristic": {}})), Some(ErrorKind::Argument));
    }
}
