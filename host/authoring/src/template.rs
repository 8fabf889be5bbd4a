//! Makes new projects.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use quidditch_function::{Role, is_name};
use rust_embed::RustEmbed;

use crate::error::AuthoringError;
use crate::language::Language;
use crate::project::{SDK_FOLDER, TESTS_FOLDER};

/// The templates: for each language `common`, and a folder for each role; and the tests for each role, which are the same in each
/// language.
#[derive(RustEmbed)]
#[folder = "templates"]
#[exclude = "*/node_modules/*"]
#[exclude = "*/__pycache__/*"]
struct Templates;

/// What authors write functions with, one for each language.
#[derive(RustEmbed)]
#[folder = "../../udfs/sdk"]
#[exclude = "*/node_modules/*"]
#[exclude = "*/__pycache__/*"]
#[exclude = "*/build/*"]
#[exclude = "*/package-lock.json"]
#[exclude = "*/target/*"]
#[exclude = "rust/tests/*"]
struct Sdks;

/// Writes a project into a folder, which is created, and returns the files.
///
/// The folder must not exist, or be empty.
///
/// # Errors
/// [`AuthoringError::Name`] for an invalid name, [`AuthoringError::Project`] for a folder with files, and errors of writing.
pub fn create(folder: &Path, name: &str, language: Language, role: Role) -> Result<Vec<PathBuf>, AuthoringError> {
    if !is_name(name) {
        return Err(AuthoringError::Name(name.to_owned()));
    }
    if folder.exists() {
        let mut entries = fs::read_dir(folder).map_err(AuthoringError::file("list", folder))?;
        if entries.next().is_some() {
            let reason = "the folder is not empty; name another with --folder".to_owned();
            return Err(AuthoringError::Project { path: folder.to_owned(), reason });
        }
    }
    let (language_name, role) = (language.name(), role.name());
    let common = embedded::<Templates>(&format!("{language_name}/common/"), "");
    let of_role = embedded::<Templates>(&format!("{language_name}/{role}/"), "");
    let tests = embedded::<Templates>(&format!("tests/{role}/"), &format!("{TESTS_FOLDER}/"));
    let sdk = embedded::<Sdks>(&format!("{}/", sdk_of(language)), &format!("{SDK_FOLDER}/"));
    let from_templates = [common, of_role, tests].into_iter().flatten();
    let from_templates = from_templates.map(|(path, content)| (with_name(&path, name), text_with_name(content, name)));
    from_templates.chain(sdk).map(|(path, content)| write(&folder.join(hidden(&path)), &content)).collect()
}

/// The files below a folder, which `to` replaces in their paths.
fn embedded<E: RustEmbed>(from: &str, to: &str) -> Vec<(String, Cow<'static, [u8]>)> {
    let file = |path: Cow<'static, str>| {
        let path_below = path.strip_prefix(from)?;
        Some((format!("{to}{path_below}"), E::get(&path)?.data))
    };
    E::iter().filter_map(file).collect()
}

/// The folder in `udfs/sdk`.
fn sdk_of(language: Language) -> &'static str {
    match language {
        Language::TypeScript => Language::JavaScript.name(),
        other => other.name(),
    }
}

fn with_name(text: &str, name: &str) -> String {
    text.replace("{{name}}", name)
}

/// Puts the name of the project into a text; what is not text stays as it is.
fn text_with_name<'a>(content: Cow<'a, [u8]>, name: &str) -> Cow<'a, [u8]> {
    match std::str::from_utf8(&content) {
        Ok(text) => with_name(text, name).into_bytes().into(),
        Err(_) => content,
    }
}

/// The path in a project of a file that has another name here, where git would read it.
fn hidden(path: &str) -> &str {
    if path == "gitignore" { ".gitignore" } else { path }
}

fn write(path: &Path, content: &[u8]) -> Result<PathBuf, AuthoringError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(AuthoringError::file("create", folder))?;
    }
    fs::write(path, content).map_err(AuthoringError::file("write", path))?;
    Ok(path.to_owned())
}
