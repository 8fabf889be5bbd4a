//! What a function can be, and what it wants, read from the outside of its component.

use wasmparser::{Parser, Payload};

/// The interfaces of the contract that a bundle deals with.
pub(crate) const FILTER: &str = "quidditch:udf/filter@0.1.0";
pub(crate) const SCORER: &str = "quidditch:udf/scorer@0.1.0";
pub(crate) const LOG: &str = "quidditch:udf/log@0.1.0";
pub(crate) const TYPES: &str = "quidditch:udf/types@0.1.0";

/// The outside of a function's component.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Roles {
    pub(crate) filter: bool,
    pub(crate) scorer: bool,
    pub(crate) imports_log: bool,
    pub(crate) imports_types: bool,
}

impl Roles {
    /// Reads the outermost sections of a component.
    pub(crate) fn of(component: &[u8]) -> Result<Self, String> {
        let invalid = |error: wasmparser::BinaryReaderError| format!("it is not a valid component: {error}");
        let mut roles = Roles::default();
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            match payload.map_err(invalid)? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) if depth > 0 => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        roles.import(&import.map_err(invalid)?.name.full_name())?;
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        match &*export.map_err(invalid)?.name.full_name() {
                            FILTER => roles.filter = true,
                            SCORER => roles.scorer = true,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        if roles.filter || roles.scorer {
            Ok(roles)
        } else {
            Err(format!("it exports neither `{FILTER}` nor `{SCORER}`"))
        }
    }

    fn import(&mut self, name: &str) -> Result<(), String> {
        match name {
            LOG => self.imports_log = true,
            TYPES => self.imports_types = true,
            other => return Err(format!("it imports `{other}`, which functions are not given")),
        }
        Ok(())
    }
}
