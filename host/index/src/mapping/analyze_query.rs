//! The tokens of texts in requests that look for corrections and completions, with where they are in the text.

use crate::analysis::{AnalyzeError, AnalyzedToken, Analyzer, Shingles, analyze_all};
use crate::{Field, FieldKind, Mapping};

impl Mapping {
    /// The tokens of a text in a request: those of the analyzer of this name, or else of the analyzer for queries of the field.
    /// What is not split into tokens by its type is analyzed as a text without an analyzer of its own.
    ///
    /// # Errors
    /// [`AnalyzeError::Unknown`] if there is no analyzer of this name; if the text makes too many tokens.
    pub fn analyze_query(
        &self,
        field: &Field,
        analyzer: Option<&str>,
        text: &str,
    ) -> Result<Vec<AnalyzedToken>, AnalyzeError> {
        analyze_all(&self.query_analyzer(field, analyzer)?, &[text.to_owned()])
    }

    /// How the same analyzer puts tokens together; `None` if it does not.
    ///
    /// # Errors
    /// [`AnalyzeError::Unknown`].
    pub fn shingles_of_query(&self, field: &Field, analyzer: Option<&str>) -> Result<Option<Shingles>, AnalyzeError> {
        let analyzer = self.query_analyzer(field, analyzer)?;
        Ok(analyzer.shingles())
    }

    fn query_analyzer(&self, field: &Field, analyzer: Option<&str>) -> Result<Analyzer, AnalyzeError> {
        let analysis = self.analysis();
        if let Some(name) = analyzer {
            let unknown = || AnalyzeError::Unknown { what: "analyzer", name: name.to_owned() };
            return analysis.analyzer(name).ok_or_else(unknown);
        }
        Ok(match field.kind() {
            FieldKind::Text { search_analyzer, .. } => {
                analysis.analyzer(search_analyzer).unwrap_or_else(Analyzer::keyword)
            }
            FieldKind::Keyword(options) => match &options.normalizer {
                Some(normalizer) => normalizer.analyzer().clone(),
                None => Analyzer::keyword(),
            },
            _ => Analyzer::keyword(),
        })
    }
}
