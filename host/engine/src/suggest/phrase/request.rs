//! A parsed `phrase`.

use super::collate::Collate;
use crate::json::{ErrorKind, Fields, Node, ParseError};

use super::super::spell_checker::{SpellChecker, positive, size};

/// Most words of a text that is corrected, unless the request says otherwise.
const TOKEN_LIMIT: usize = 10;

/// Candidates of a word from each generator, unless it says otherwise.
const GENERATOR_SIZE: usize = 5;

/// Most generators. Each reads a part of the dictionary for each word.
const MAX_GENERATORS: usize = 10;

/// A parsed `phrase`.
#[derive(Debug, PartialEq)]
pub(in super::super) struct PhraseSuggester {
    /// How many words count for a probability; `None` is what the analyzer puts together, or 1.
    pub(super) gram_size: Option<usize>,
    /// How much better than the text a correction must be.
    pub(super) confidence: f32,
    /// How many words may be wrong; up to 1 it is a share of the words.
    pub(super) max_errors: f32,
    /// The probability that a word of the index is not an error.
    pub(super) real_word_likelihood: f64,
    /// What is between words that occur together.
    pub(super) separator: Option<String>,
    /// Whether tokens of several words are left out.
    pub(super) needs_single_words: bool,
    /// Texts of as many words are not corrected.
    pub(super) token_limit: usize,
    /// What is put around corrected words.
    pub(super) highlight: Option<(String, String)>,
    pub(super) smoothing: Smoothing,
    /// Empty means one that reads the field itself.
    pub(super) generators: Vec<DirectGenerator>,
    /// What documents corrections must match.
    pub(super) collate: Option<Collate>,
}

/// How probable words are that never occur together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Smoothing {
    /// This many times as probable as alone.
    StupidBackoff { discount: f64 },
    /// As if everything occurred this many times more.
    Laplace { alpha: f64 },
    /// The sum of the probabilities of three words, two words and one word, with these weights.
    Linear { trigram: f64, bigram: f64, unigram: f64 },
}

/// A `direct_generator`: where candidates come from.
#[derive(Debug, PartialEq)]
pub(super) struct DirectGenerator {
    pub(super) field: String,
    pub(super) size: usize,
    /// The analyzer that words are passed through before they are looked up.
    pub(super) pre_filter: Option<String>,
    /// The analyzer that candidates are passed through.
    pub(super) post_filter: Option<String>,
    pub(super) checker: SpellChecker,
}

impl PhraseSuggester {
    pub(in super::super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        Ok(PhraseSuggester {
            gram_size: fields.optional("gram_size", positive)?,
            confidence: fields.optional("confidence", not_negative)?.unwrap_or(1.0),
            max_errors: fields.optional("max_errors", above_zero)?.unwrap_or(0.5),
            real_word_likelihood: f64::from(fields.optional("real_word_error_likelihood", above_zero)?.unwrap_or(0.95)),
            separator: fields.optional("separator", |node| node.text().map(str::to_owned))?,
            needs_single_words: fields.optional("force_unigrams", Node::boolean)?.unwrap_or(true),
            token_limit: fields.optional("token_limit", positive)?.unwrap_or(TOKEN_LIMIT),
            highlight: fields.optional("highlight", highlight)?.flatten(),
            smoothing: fields.optional("smoothing", Smoothing::parse)?.unwrap_or_default(),
            generators: fields.optional("direct_generator", generators)?.unwrap_or_default(),
            collate: fields.optional("collate", Collate::parse)?,
        })
    }
}

impl Default for Smoothing {
    fn default() -> Self {
        Smoothing::StupidBackoff { discount: 0.4 }
    }
}

impl Smoothing {
    fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if node.map()?.is_empty() {
            return Ok(Smoothing::default());
        }
        let (name, model) = node.only_entry("[smoothing]")?;
        let mut fields = model.fields()?;
        let number = |fields: &mut Fields<'_>, key, default| -> Result<f64, ParseError> {
            Ok(fields.optional(key, Node::number)?.unwrap_or(default))
        };
        let smoothing = match name {
            "stupid_backoff" => Smoothing::StupidBackoff { discount: number(&mut fields, "discount", 0.4)? },
            "laplace" => Smoothing::Laplace { alpha: number(&mut fields, "alpha", 0.5)? },
            "linear" => {
                let trigram = number(&mut fields, "trigram_lambda", 0.0)?;
                let bigram = number(&mut fields, "bigram_lambda", 0.0)?;
                let unigram = number(&mut fields, "unigram_lambda", 0.0)?;
                if ((trigram + bigram + unigram) - 1.0).abs() > 0.001 {
                    return Err(model.mistake(ErrorKind::Argument, "linear smoothing lambdas must sum to 1"));
                }
                Smoothing::Linear { trigram, bigram, unigram }
            }
            _ => {
                let reason = format!("unknown smoothing model [{name}], use [stupid_backoff], [laplace] or [linear]");
                return Err(model.mistake(ErrorKind::Argument, reason));
            }
        };
        fields.finish(&format!("[{name}]"))?;
        Ok(smoothing)
    }
}

/// The tags around corrected words.
fn highlight(node: &Node<'_>) -> Result<Option<(String, String)>, ParseError> {
    let mut fields = node.fields()?;
    let tags = [fields.take("pre_tag"), fields.take("post_tag")];
    fields.finish("[highlight] of the suggester [phrase]")?;
    match tags {
        [Some(before), Some(after)] => Ok(Some((before.text()?.to_owned(), after.text()?.to_owned()))),
        [None, None] => Ok(None),
        _ => Err(node.mistake(ErrorKind::Argument, "[pre_tag] and [post_tag] require each other")),
    }
}

fn generators(node: &Node<'_>) -> Result<Vec<DirectGenerator>, ParseError> {
    let generators: Vec<_> = node.list()?.map(|item| generator(&item)).collect::<Result<_, _>>()?;
    if generators.len() > MAX_GENERATORS {
        let reason = format!("too many generators: found {}; at most {MAX_GENERATORS} are allowed", generators.len());
        return Err(node.mistake(ErrorKind::Argument, reason));
    }
    Ok(generators)
}

fn generator(node: &Node<'_>) -> Result<DirectGenerator, ParseError> {
    let mut fields = node.fields()?;
    let field = fields.required_or(ErrorKind::Argument, "field", "[direct_generator]")?.text()?.to_owned();
    let read = || -> Result<DirectGenerator, ParseError> {
        let text = |node: &Node<'_>| node.text().map(str::to_owned);
        Ok(DirectGenerator {
            field,
            size: fields.optional("size", size)?.unwrap_or(GENERATOR_SIZE),
            pre_filter: fields.optional("pre_filter", text)?,
            post_filter: fields.optional("post_filter", text)?,
            checker: SpellChecker::take(&mut fields)?,
        })
    };
    let generator = read().map_err(|error| error.of_kind(ErrorKind::Object))?;
    fields.finish("[direct_generator]").map_err(|error| error.of_kind(ErrorKind::Object))?;
    Ok(generator)
}

fn not_negative(node: &Node<'_>) -> Result<f32, ParseError> {
    match node.float()? {
        number if number >= 0.0 => Ok(number),
        _ => Err(node.mistake(ErrorKind::Argument, "expected a number of at least 0")),
    }
}

fn above_zero(node: &Node<'_>) -> Result<f32, ParseError> {
    match node.float()? {
        number if number > 0.0 => Ok(number),
        _ => Err(node.mistake(ErrorKind::Argument, "expected a number greater than 0")),
    }
}
