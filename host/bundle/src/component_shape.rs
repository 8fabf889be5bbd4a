//! The imports and exports of a function's component, read without compiling it.

use quidditch_function::{
    FILTER_INTERFACE, LOG_INTERFACE, Role, Roles, SCORER_INTERFACE, TYPES_INTERFACE, VALUES_INTERFACE,
};
use wasmparser::{BinaryReaderError, Parser, Payload};

/// What a bundle has to link of a function's component.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ComponentShape {
    pub(crate) roles: Roles,
    pub(crate) imports_log: bool,
    pub(crate) imports_types: bool,
}

/// Why a component is not a function.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShapeError {
    #[error("it is not a valid component")]
    Invalid(#[from] BinaryReaderError),
    #[error("it imports `{0}`, which is not available to functions")]
    Import(String),
    #[error("it exports none of `{}`, `{}` and `{}`", FILTER_INTERFACE, SCORER_INTERFACE, VALUES_INTERFACE)]
    NoRole,
}

impl ComponentShape {
    /// Reads the outermost sections of a component.
    pub(crate) fn from_component(component: &[u8]) -> Result<Self, ShapeError> {
        let mut shape = ComponentShape::default();
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) if depth > 0 => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        shape.add_import(&import?.name.full_name())?;
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        shape.add_export(&export?.name.full_name());
                    }
                }
                _ => {}
            }
        }
        if shape.roles.is_empty() { Err(ShapeError::NoRole) } else { Ok(shape) }
    }

    fn add_import(&mut self, name: &str) -> Result<(), ShapeError> {
        match name {
            LOG_INTERFACE => self.imports_log = true,
            TYPES_INTERFACE => self.imports_types = true,
            other => return Err(ShapeError::Import(other.to_owned())),
        }
        Ok(())
    }

    fn add_export(&mut self, name: &str) {
        if let Some(role) = Role::ALL.into_iter().find(|role| role.interface() == name) {
            self.roles = self.roles.with(role);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    fn shape(text: &str) -> Result<ComponentShape, String> {
        let component = wat::parse_str(text).expect("valid text");
        ComponentShape::from_component(&component).map_err(|error| error.to_string())
    }

    #[test]
    fn only_the_outermost_imports_and_exports_count() {
        let text = format!(
            r#"(component
                (import "{LOG_INTERFACE}" (instance))
                (component (import "wasi:clocks/wall-clock@0.2.0" (instance)))
                (instance $empty)
                (export "{SCORER_INTERFACE}" (instance $empty))
                (export "something:else/here@1.0.0" (instance $empty)))"#
        );
        let expected = ComponentShape { roles: Role::Scorer.into(), imports_log: true, imports_types: false };
        assert_eq!(shape(&text), Ok(expected));
    }

    #[test]
    fn other_components_are_refused() {
        insta::assert_snapshot!(
            shape("(component)").expect_err("no role"),
            @"it exports none of `quidditch:udf/filter@0.2.0`, `quidditch:udf/scorer@0.2.0` and `quidditch:udf/values@0.2.0`"
        );
        insta::assert_snapshot!(
            shape(r#"(component (import "wasi:clocks/wall-clock@0.2.0" (instance)))"#).expect_err("an import"),
            @"it imports `wasi:clocks/wall-clock@0.2.0`, which is not available to functions"
        );
        let damaged = ComponentShape::from_component(b"\0asm\x0d\0\x01\0\xff").expect_err("not a component");
        assert!(matches!(damaged, ShapeError::Invalid(_)) && damaged.source().is_some(), "{damaged}");
    }
}
