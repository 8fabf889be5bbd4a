//! Reads the imports and exports of a component without compiling it.

use quidditch_function::{Package, truncated};
use wasmparser::{BinaryReaderError, ComponentName, CustomSectionReader, Encoding, KnownCustom, Parser, Payload};

/// Most bytes of a text of the standard metadata; the rest is cut off. 1,000, as of the summary of a function.
const TEXT_BYTES: usize = 1_000;

/// The imports, exports and standard metadata of a component.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    pub(crate) package: Package,
}

/// What a component imports and exports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interfaces {
    /// The names of its imports.
    pub imports: Vec<String>,
    /// The names of its exports.
    pub exports: Vec<String>,
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

/// Reads what a component imports and exports; nothing if the bytes are not a component.
pub fn interfaces(component: &[u8]) -> Interfaces {
    let Outline { imports, exports, .. } = outline(component).unwrap_or_default();
    Interfaces { imports, exports }
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
    let about = &mut package.about;
    let field = match section.name() {
        "version" => &mut package.version,
        "authors" => &mut about.authors,
        "licenses" => &mut about.licence,
        "homepage" => &mut about.homepage,
        "source" => &mut about.source,
        "revision" => &mut about.revision,
        _ => return,
    };
    let text = std::str::from_utf8(section.data());
    *field = text.ok().map(|text| truncated(text, TEXT_BYTES).to_owned());
}

#[cfg(test)]
mod tests {
    use quidditch_function::About;

    use super::*;

    #[test]
    fn nested_components_are_ignored() {
        let component = wat::parse_str(
            r#"(component $outer
                (component $inner (@custom "version" "9.9.9"))
                (@custom "version" "1.2.0") (@custom "licenses" "MIT") (@custom "homepage" "https://example.org")
                (@custom "source" "https://example.org/git") (@custom "revision" "0a1b"))"#,
        );
        let text = |text: &str| Some(text.to_owned());
        let about = About {
            authors: None,
            licence: text("MIT"),
            homepage: text("https://example.org"),
            source: text("https://example.org/git"),
            revision: text("0a1b"),
        };
        let expected = Package { name: text("outer"), version: text("1.2.0"), about };
        assert_eq!(package(&component.expect("valid")), expected);
    }

    #[test]
    fn long_texts_are_cut_off() {
        let authors = |bytes: usize| {
            let text = "a".repeat(bytes);
            let component = wat::parse_str(format!("(component (@custom \"authors\" \"{text}\"))"));
            package(&component.expect("valid")).about.authors.map(|authors| authors.len())
        };
        assert_eq!((authors(TEXT_BYTES), authors(TEXT_BYTES + 1)), (Some(TEXT_BYTES), Some(TEXT_BYTES)));
    }

    #[test]
    fn only_the_outermost_imports_and_exports_are_read() {
        let component = wat::parse_str(
            r#"(component (import "a:b/c@0.1.0" (instance $i)) (component (import "inner" (func))) (export "d:e/f@0.1.0" (instance $i)))"#,
        );
        let expected = Interfaces { imports: vec!["a:b/c@0.1.0".to_owned()], exports: vec!["d:e/f@0.1.0".to_owned()] };
        assert_eq!(interfaces(&component.expect("valid")), expected);
    }

    #[test]
    fn other_bytes_have_no_metadata() {
        assert_eq!(package(b""), Package::default());
        assert_eq!(package(b"\0asm\x0d\0\x01\0\xff\xff\xff"), Package::default());
        assert_eq!(interfaces(b""), Interfaces::default());
    }
}
