//! What a component imports and exports, read without compiling it.

use wasmparser::{ComponentName, CustomSectionReader, Encoding, KnownCustom, Parser, Payload};

use crate::Package;

/// The outside of a component.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    pub(crate) package: Package,
}

/// Why there is no outline.
#[derive(Debug, PartialEq)]
pub(crate) enum NoOutline {
    /// A core module: not yet made a component.
    CoreModule,
    /// Something else.
    NotWebAssembly,
    /// Damaged; says where.
    Invalid(String),
}

/// Reads the outermost sections only. Whether all the rest is valid is for the compiler to say.
pub(crate) fn outline(bytes: &[u8]) -> Result<Outline, NoOutline> {
    let invalid = |error: wasmparser::BinaryReaderError| NoOutline::Invalid(error.to_string());
    if !bytes.starts_with(b"\0asm") {
        return Err(NoOutline::NotWebAssembly);
    }
    let mut outline = Outline::default();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(invalid)? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => return Err(NoOutline::CoreModule),
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) if depth > 0 => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    outline.imports.push(import.map_err(invalid)?.name.full_name().into_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    outline.exports.push(export.map_err(invalid)?.name.full_name().into_owned());
                }
            }
            Payload::CustomSection(section) if depth == 0 => read_package(&section, &mut outline.package),
            _ => {}
        }
    }
    Ok(outline)
}

/// What a component's standard metadata sections say; all missing where the bytes are no component.
pub fn package(component: &[u8]) -> Package {
    outline(component).map(|outline| outline.package).unwrap_or_default()
}

/// Custom sections are for people: one that cannot be read counts as missing.
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
    fn only_the_outermost_component_speaks() {
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
    fn other_bytes_say_nothing() {
        assert_eq!(package(b""), Package::default());
        assert_eq!(package(b"\0asm\x0d\0\x01\0\xff\xff\xff"), Package::default());
    }
}
