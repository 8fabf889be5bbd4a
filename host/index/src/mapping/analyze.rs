//! Analyzing texts, to show the tokens.

use serde_json::Value as Json;

use crate::analysis::{
    ANALYZER_PARTS, AnalyzeError, AnalyzeRequest, AnalyzedToken, Analyzer, RequestedAnalyzer, analyze_all,
};
use crate::{FieldKind, Mapping};

impl Mapping {
    /// Analyzes texts as `request` says: `{"text": "..." or [...]}` and either `analyzer`, `normalizer`, `field`, or `tokenizer`,
    /// `filter` and `char_filter` (names, or objects with a `type`). Without any, the index's default analyzer is used.
    ///
    /// # Errors
    /// What of the request is unknown or invalid.
    pub fn analyze(&self, request: &Json) -> Result<Vec<AnalyzedToken>, AnalyzeError> {
        let request = AnalyzeRequest::read(request, self.analysis())?;
        analyze_all(&self.requested(request.analyzer), &request.texts)
    }

    /// The same without an index: the built-in analyzers have no gaps between texts then, as an index adds those.
    ///
    /// # Errors
    /// As [`Mapping::analyze`].
    pub fn analyze_without_index(request: &Json) -> Result<Vec<AnalyzedToken>, AnalyzeError> {
        let mapping = Mapping::default();
        let has_parts = ANALYZER_PARTS.iter().any(|key| request.get(key).is_some());
        let request = AnalyzeRequest::read(request, mapping.analysis())?;
        let analyzer = mapping.requested(request.analyzer);
        let analyzer = if has_parts { analyzer } else { analyzer.without_position_gap() };
        analyze_all(&analyzer, &request.texts)
    }

    /// The tokens after the tokenizer, and after each filter.
    ///
    /// # Errors
    /// As [`Mapping::analyze`].
    pub fn analyze_steps(&self, request: &Json) -> Result<Vec<Vec<AnalyzedToken>>, AnalyzeError> {
        let request = AnalyzeRequest::read(request, self.analysis())?;
        let analyzer = self.requested(request.analyzer);
        analyzer.steps().map(|upto| analyze_all(&upto, &request.texts)).collect()
    }

    fn requested(&self, analyzer: RequestedAnalyzer<'_>) -> Analyzer {
        match analyzer {
            RequestedAnalyzer::Known(analyzer) => analyzer,
            RequestedAnalyzer::OfField(name) => self.analyzer_of_field(name),
        }
    }

    /// The analyzer of a field's documents; that of the index for one that does not exist.
    fn analyzer_of_field(&self, name: &str) -> Analyzer {
        let analysis = self.analysis();
        match self.field(name).map(|field| field.kind()) {
            None => analysis.default_analyzer(),
            Some(FieldKind::Text { analyzer, .. }) => analysis.analyzer(analyzer).unwrap_or_else(Analyzer::keyword),
            Some(_) => Analyzer::keyword(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn analyze(request: Json) -> Result<usize, String> {
        Mapping::default().analyze(&request).map(|tokens| tokens.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn tokens_are_limited_after_each_filter() {
        let words = |count: usize| vec!["a"; count].join(" ");
        assert_eq!(analyze(json!({"text": words(10_000)})), Ok(10_000));
        insta::assert_snapshot!(
            analyze(json!({"text": words(10_001)})).expect_err("too many"),
            @"the text becomes 10001 tokens; at most 10000 are allowed (index.analyze.max_token_count)"
        );
        let filters = json!(vec!["keyword_repeat"; 40]);
        assert!(analyze(json!({"text": "a b", "tokenizer": "standard", "filter": filters})).is_err());
    }

    #[test]
    fn filters_that_multiply_stop_at_the_limit() {
        let long = "a ".repeat(500_000);
        let grams = json!({"type": "edge_ngram", "min_gram": 1, "max_gram": 1_000_000});
        let wide = json!({"type": "ngram", "min_gram": 500_000, "max_gram": 500_000});
        let shingles =
            json!({"type": "shingle", "min_shingle_size": 5_000, "max_shingle_size": 5_000, "output_unigrams": false});
        for part in [&grams, &wide] {
            assert!(analyze(json!({"text": long, "tokenizer": "keyword", "filter": [part]})).is_err());
            assert!(analyze(json!({"text": long, "tokenizer": part})).is_err());
        }
        let words = vec!["a".repeat(100); 10_000].join(" ");
        insta::assert_snapshot!(
            analyze(json!({"text": words, "tokenizer": "whitespace", "filter": [shingles]})).expect_err("too many"),
            @"the text becomes tokens of more than 16777216 bytes"
        );
        assert!(analyze(json!({"text": "a/".repeat(100_000), "tokenizer": "path_hierarchy"})).is_err());
    }

    #[test]
    fn character_filters_that_multiply_stop_at_the_limit() {
        let mapping = json!({"type": "mapping", "mappings": [format!("a=>{}", "a".repeat(1_000))]});
        let pattern = json!({"type": "pattern_replace", "pattern": ".+", "replacement": "$0".repeat(100)});
        for (part, text) in [(&mapping, "a".to_owned()), (&pattern, "a".repeat(100))] {
            let parts = |count: usize| json!({"text": text, "tokenizer": "keyword", "char_filter": vec![part; count]});
            assert_eq!(analyze(parts(1)), Ok(1));
            assert_eq!(analyze(parts(3)).expect_err("too many"), "the text becomes tokens of more than 16777216 bytes");
        }
        let large = json!({"text": "a".repeat(1_000_000), "tokenizer": "keyword", "char_filter": [pattern]});
        assert!(analyze(large).is_err());
    }

    #[test]
    fn parts_are_limited() {
        let filters =
            |count: usize| analyze(json!({"text": "a", "tokenizer": "keyword", "filter": vec!["lowercase"; count]}));
        assert_eq!(filters(100), Ok(1));
        insta::assert_snapshot!(
            filters(101).expect_err("too many"),
            @"the request defines 101 filters; at most 100 are allowed: define them in an index"
        );
        let synonyms = |count: usize, kind: &str| {
            let rule: Vec<String> = (0..count).map(|number| format!("w{number}")).collect();
            let filter = json!({"type": kind, "synonyms": [rule.join(", ")]});
            analyze(json!({"text": "w5", "tokenizer": "standard", "filter": [filter]}))
        };
        assert_eq!((synonyms(1_000, "synonym"), synonyms(1_000, "synonym_graph")), (Ok(1_000), Ok(1_000)));
        insta::assert_snapshot!(
            synonyms(1_001, "synonym").expect_err("too many"),
            @"the request defines 1001 words of synonyms; at most 1000 are allowed: define them in an index"
        );
    }

    #[test]
    fn a_built_in_analyzer_without_an_index_has_no_gap_between_texts() {
        let positions = |tokens: Result<Vec<AnalyzedToken>, AnalyzeError>| -> Vec<usize> {
            tokens.expect("valid").iter().map(|token| token.position).collect()
        };
        let named = json!({"analyzer": "standard", "text": ["a", "b"]});
        assert_eq!(positions(Mapping::analyze_without_index(&named)), [0, 1]);
        assert_eq!(positions(Mapping::default().analyze(&named)), [0, 101]);
        let custom = json!({"tokenizer": "standard", "text": ["a", "b"]});
        assert_eq!(positions(Mapping::analyze_without_index(&custom)), [0, 101]);
    }
}
