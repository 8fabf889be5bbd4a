//! Reads the imports and exports of a component without compiling it.

use wasmparser::{BinaryReaderError, ComponentName, CustomSectionReader, Encoding, KnownCustom, Parser, Payload};

use crate::Package;

/// The imports, exports and standard metadata of a component.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    pub(crate) package: Package,
}

/// The bytes are not a component.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutlineError {
    #[error("it is a core module, not a component")]
    CoreModule,
    #[error("it is not WebAssembly")]
    NotWebAssembly,
    #[error("it is not a valid component")]
    Invalid(#[from] BinaryReaderError),
}

/// Reads the outermost sections only. The compiler validates all the rest.
pub(crate) fn outline(bytes: &[u8]) -> Result<Outline, OutlineError> {
    if !bytes.starts_with(b"\0asm") {
        return Err(OutlineError::NotWebAssembly);
    }
    let mut outline = Outline::default();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => return Err(OutlineError::CoreModule),
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) if depth > 0 => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    outline.imports.push(import?.name.full_name().into_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    outline.exports.push(export?.name.full_name().into_owned());
                }
            }
            Payload::CustomSection(section) if depth == 0 => read_package(&section, &mut outline.package),
            _ => {}
        }
    }
    Ok(outline)
}

/// Reads a component's standard metadata sections; all fields are `None` if the bytes are not a component.
pub fn package(component: &[u8]) -> Package {
    outline(component).map(|outline| outline.package).unwrap_or_default()
}

/// These sections are for humans: an invalid one is ignored.
fn read_package(section: &CustomSectionReader<'_>, package: &mut Package) {
    if let KnownCustom::ComponentName(names) = section.as_known() {
        let component_name = names.into_iter().find_map(|name| match name {
            Ok(ComponentName::Component { name, .. }) => Some(name.to_owned()),
            _ => None,
        });
        package.name = component_name.or(package.name.take());
        return;
    }
    let text = || std::str::from_utf8(section.data()).ok().map(str::to_owned);
    match section.name() {
        "version" => package.version = text(),
        "authors" => package.authors = text(),
        "licenses" => package.licenses = text(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_components_are_ignored() {
        let component = wat::parse_str(
            r#"(component $outer
                (component $inner (@custom "version" "9.9.9"))
                (@custom "version" "1.2.0") (@custom "licenses" "MIT"))"#,
        );
        let expected = Package {
            name: Some("outer".to_owned()),
            version: Some("1.2.0".to_owned()),
            authors: None,
            licenses: Some("MIT".to_owned()),
        };
        assert_eq!(package(&component.expect("valid")), expected);
    }

    #[test]
    fn other_bytes_have_no_metadata() {
        assert_eq!(package(b""), Package::default());
        assert_eq!(package(b"\0asm\x0d\0\x01\0\xff\xff\xff"), Package::default());
    }
}
