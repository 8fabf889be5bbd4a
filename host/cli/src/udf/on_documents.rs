//! How a command calls a function with documents.

use anyhow::Result;
use indicatif::ProgressBar;
use quidditch_function::Role;
use quidditch_index::parse_json;
use quidditch_indexing::BadDocument;
use quidditch_writes::Trial;
use serde_json::{Map, Value as Json, json};

use super::runnable_function::RunnableFunction;
use crate::document_files::DocumentFiles;
use crate::index::read_mapping;
use crate::output::remark;

/// The types of computed values.
pub(super) const VALUES_TYPES: [&str; 5] = ["boolean", "date", "double", "keyword", "long"];

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("role").required(true))]
pub(super) struct OnDocuments {
    /// Call it as a filter
    #[arg(long, group = "role")]
    filter: bool,
    /// Call it as a scorer
    #[arg(long, group = "role")]
    scorer: bool,
    /// Compute its values, of this type
    #[arg(long, group = "role", value_name = "TYPE", value_parser = VALUES_TYPES)]
    values: Option<String>,
    /// Parameters of the function as a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = parse_object)]
    parameters: Map<String, Json>,
    /// File with one JSON document per line, plain or gzip-compressed; - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    documents: String,
    /// File with the mapping of the documents; without it, fields are mapped by their values
    #[arg(long, value_name = "FILE")]
    mapping: Option<String>,
}

pub(super) fn parse_object(text: &str) -> Result<Map<String, Json>, serde_json::Error> {
    serde_json::from_value(parse_json(text)?)
}

impl OnDocuments {
    /// The function as it is to be called.
    pub(super) fn trial<'a>(&'a self, function: &'a RunnableFunction) -> Result<Trial<'a>> {
        let role = match &self.values {
            Some(_) => Role::Values,
            None if self.filter => Role::Filter,
            None => Role::Scorer,
        };
        let mapping = self.mapping.as_deref().map(read_mapping).transpose()?.unwrap_or_default();
        let values_type = self.values.as_deref().unwrap_or_default();
        Ok(function.trial(role, values_type, self.parameters.clone(), mapping))
    }

    pub(super) fn open_documents(&self) -> Result<DocumentFiles> {
        DocumentFiles::open(std::slice::from_ref(&self.documents), &ProgressBar::hidden())
    }
}

/// Prints which documents were skipped, and why, on standard error.
pub(super) fn print_skipped(bad_documents: &[BadDocument]) {
    for line in skipped(bad_documents) {
        remark(&line);
    }
}

/// A line for each document that was skipped, with the reason.
pub(super) fn skipped(bad_documents: &[BadDocument]) -> impl Iterator<Item = String> {
    bad_documents.iter().map(|bad| format!("skipped line {}: {}", bad.line, bad.reason))
}

/// The documents that were skipped, for output as JSON.
pub(super) fn bad_documents_json(bad_documents: &[BadDocument]) -> Json {
    bad_documents.iter().map(|bad| json!({ "line": bad.line, "reason": bad.reason.to_string() })).collect()
}
