//! What a client says must hold for a document to be written: `op_type`, `if_seq_no`, `version` and so on.

use quidditch_indexing::Condition;
use quidditch_service::writing::{ApiError, Parameters};

use super::parameters::parse_long;

/// Whether a document may replace another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpType {
    Index,
    Create,
}

/// What is done to the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Index(OpType),
    Update,
    Delete,
}

/// What a client says, not checked yet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Versions {
    pub(super) if_seq_no: Option<i64>,
    pub(super) if_primary_term: Option<i64>,
    pub(super) version: Option<i64>,
    pub(super) version_type: VersionType,
}

/// What the version of a document is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum VersionType {
    #[default]
    Internal,
    External,
    ExternalGte,
}

impl OpType {
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        match text {
            "index" => Ok(OpType::Index),
            "create" => Ok(OpType::Create),
            other => Err(ApiError::Argument(format!("opType must be 'create' or 'index', found: [{other}]"))),
        }
    }
}

impl VersionType {
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        match text {
            "internal" => Ok(VersionType::Internal),
            "external" | "external_gt" => Ok(VersionType::External),
            "external_gte" => Ok(VersionType::ExternalGte),
            other => Err(ApiError::Argument(format!("No version type match [{other}]"))),
        }
    }

    fn name(self) -> &'static str {
        match self {
            VersionType::Internal => "INTERNAL",
            VersionType::External => "EXTERNAL",
            VersionType::ExternalGte => "EXTERNAL_GTE",
        }
    }
}

impl Versions {
    /// Takes the parameters.
    pub(super) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let mut long = |key: &str| -> Result<Option<i64>, ApiError> {
            parameters.take(key)?.map(|text| parse_long(key, &text)).transpose()
        };
        let (if_seq_no, if_primary_term) = (long("if_seq_no")?, long("if_primary_term")?);
        let version = long("version")?;
        let version_type = parameters.take("version_type")?;
        let version_type = version_type.map_or(Ok(VersionType::Internal), |text| VersionType::parse(&text))?;
        let versions = Versions { if_seq_no, if_primary_term, version, version_type };
        versions.check_signs()?;
        Ok(versions)
    }

    pub(super) fn check_signs(&self) -> Result<(), ApiError> {
        if let Some(number) = self.if_seq_no.filter(|number| *number < 0) {
            return Err(ApiError::Argument(format!("sequence numbers must be non negative. got [{number}].")));
        }
        if let Some(term) = self.if_primary_term.filter(|term| *term < 0) {
            return Err(ApiError::Argument(format!("primary term must be non negative. got [{term}]")));
        }
        Ok(())
    }

    /// Checks that the client says one thing only.
    pub(super) fn condition(&self, change: Change) -> Result<Condition, ApiError> {
        let Versions { if_seq_no, if_primary_term, version, version_type } = *self;
        if change == Change::Index(OpType::Create) {
            if version.is_some() || version_type != VersionType::Internal {
                return Err(ApiError::validation(
                    "create operations only support internal versioning. use index instead",
                ));
            }
            if if_seq_no.is_some() || if_primary_term.is_some() {
                return Err(ApiError::validation(
                    "create operations do not support compare and set. use index instead",
                ));
            }
            return Ok(Condition::Absent);
        }
        let term = if_primary_term.unwrap_or(0);
        if let Some(seq_no) = if_seq_no {
            if term == 0 {
                return Err(ApiError::validation("ifSeqNo is set, but primary term is [0]"));
            }
            if version.is_some() || version_type != VersionType::Internal {
                return Err(ApiError::validation("compare and write operations can not use versioning"));
            }
            return Ok(Condition::Written { seq_no: seq_no.unsigned_abs(), primary_term: term.unsigned_abs() });
        }
        if term != 0 {
            return Err(ApiError::validation(&format!("ifSeqNo is unassigned, but primary term is [{term}]")));
        }
        let is_internal = version_type == VersionType::Internal || change == Change::Update;
        match version {
            None if is_internal => Ok(Condition::None),
            Some(_) if is_internal => Err(ApiError::validation(
                "internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and \
                 `if_primary_term` instead",
            )),
            // -3 stands for no version.
            version => match u64::try_from(version.unwrap_or(-3)) {
                Ok(version) if version_type == VersionType::External => Ok(Condition::NewerThan(version)),
                Ok(version) => Ok(Condition::NotOlderThan(version)),
                Err(_) => Err(ApiError::validation(&format!(
                    "illegal version value [{}] for version type [{}]",
                    version.unwrap_or(-3),
                    version_type.name()
                ))),
            },
        }
    }
}
