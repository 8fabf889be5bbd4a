//! The terms of texts, as the analyzers of an index make them.

use tantivy::tokenizer::{TextAnalyzer, TokenStream};

use super::Snapshot;
use crate::{Field, FieldKind};

/// A term of the text of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentToken<'a> {
    /// The term.
    pub text: &'a str,
    /// Its position, counted from 0. Dropped words leave gaps.
    pub position: usize,
    /// The first byte of the text that it was made from.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A term of an analyzed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The term.
    pub text: String,
    /// Its position, counted from 0. Dropped words leave gaps.
    pub position: usize,
    /// How many positions it spans. More than one, if another path of as many tokens is parallel to it.
    pub length: usize,
    /// The byte after it in the text.
    pub end: usize,
}

impl Snapshot {
    /// Analyzes one value of a document for this field, as it was when the document was added; one term for every kind but `text`.
    pub fn analyze_document(&self, field: &Field, text: &str, on_token: &mut dyn FnMut(DocumentToken<'_>)) {
        self.analyze_document_with(None, field, text, on_token);
    }

    /// As [`Snapshot::analyze_document`], with another analyzer. If the name is unknown, with that of the field.
    pub fn analyze_document_with(
        &self,
        analyzer: Option<&str>,
        field: &Field,
        text: &str,
        on_token: &mut dyn FnMut(DocumentToken<'_>),
    ) {
        let given = analyzer.and_then(|analyzer| self.mapping.analyzer(analyzer));
        let analyzer = given.or_else(|| match field.kind() {
            FieldKind::Text { analyzer, .. } => self.tokenizers.get(analyzer),
            _ => None,
        });
        let Some(mut analyzer) = analyzer else {
            return on_token(DocumentToken { text, position: 0, start: 0, end: text.len() });
        };
        analyzer.token_stream(text).process(&mut |token| {
            let (start, end) = (token.offset_from, token.offset_to);
            on_token(DocumentToken { text: &token.text, position: token.position, start, end });
        });
    }

    /// Analyzes a query's text for this field: with its search analyzer for `text`; one term for every other kind.
    pub fn analyze(&self, field: &Field, text: &str) -> Vec<Token> {
        if field.completion_options().is_some() {
            let forms = self.mapping.completion_query_forms(field, None, text).unwrap_or_default();
            return forms
                .into_iter()
                .map(|form| Token { text: form, position: 0, length: 1, end: text.len() })
                .collect();
        }
        let analyzer = match field.kind() {
            FieldKind::Text { search_analyzer, .. } => self.tokenizers.get(search_analyzer),
            _ => None,
        };
        match analyzer {
            Some(analyzer) => tokens(analyzer, text),
            None => vec![Token { text: text.to_owned(), position: 0, length: 1, end: text.len() }],
        }
    }

    /// Analyzes a query's text with the analyzer of this name; without one, or if the name is unknown, as the field does.
    pub fn analyze_as(&self, field: &Field, analyzer: Option<&str>, text: &str) -> Vec<Token> {
        let tokens = analyzer.and_then(|analyzer| self.analyze_with(analyzer, text));
        tokens.unwrap_or_else(|| self.analyze(field, text))
    }

    /// Analyzes a text with an analyzer, built in or of the mapping; `None` if the name is unknown.
    pub fn analyze_with(&self, analyzer: &str, text: &str) -> Option<Vec<Token>> {
        Some(tokens(self.mapping.analyzer(analyzer)?, text))
    }

    /// A part of a term, such as its beginning, as an analyzer writes it; unchanged if there is no analyzer of this name.
    pub fn normalize(&self, analyzer: &str, part: &str) -> String {
        let Some(normalizer) = self.mapping.normalizer(analyzer) else { return part.to_owned() };
        tokens(normalizer, part).into_iter().map(|token| token.text).collect()
    }
}

fn tokens(mut analyzer: TextAnalyzer, text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    analyzer.token_stream(text).process(&mut |token| {
        let (position, length, end) = (token.position, token.position_length, token.offset_to);
        tokens.push(Token { text: token.text.clone(), position, length, end });
    });
    tokens
}
