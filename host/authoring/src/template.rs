//! Makes new projects.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use quidditch_function::Role;
use rust_embed::RustEmbed;

use crate::error::AuthoringError;
use crate::language::Language;
use crate::name::is_name;
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
/// [`AuthoringError::Project`] for an invalid name and for a folder with files, and errors of writing.
pub fn create(folder: &Path, name: &str, language: Language, role: Role) -> Result<Vec<PathBuf>, AuthoringError> {
    let error = |reason: String| AuthoringError::Project { path: folder.to_owned(), reason };
    if !is_name(name) {
        return Err(AuthoringError::Name(name.to_owned()));
    }
    if folder.exists() {
        let mut entries = fs::read_dir(folder).map_err(AuthoringError::file("list", folder))?;
        if entries.next().is_some() {
            return Err(error("the folder is not empty; name another with --folder".to_owned()));
        }
    }
    let mut files = Vec::new();
    let (language_name, role) = (language.name(), role.name());
    let parts = [
        (format!("{language_name}/common/"), String::new()),
        (format!("{language_name}/{role}/"), String::new()),
        (format!("tests/{role}/"), format!("{TESTS_FOLDER}/")),
    ];
    for (from, to) in parts {
        for path in Templates::iter().filter(|path| path.starts_with(&from)) {
            let content = Templates::get(&path).expect("it is listed").data;
            let path = to.clone() + &path[from.len()..].replace("{{name}}", name);
            files.push((path, with_name(content, name)));
        }
    }
    let prefix = format!("{}/", sdk_of(language));
    for path in Sdks::iter().filter(|path| path.starts_with(&prefix)) {
        let content = Sdks::get(&path).expect("it is listed").data;
        files.push((format!("{SDK_FOLDER}/{}", &path[prefix.len()..]), content));
    }
    files.iter().map(|(path, content)| write(&folder.join(hidden(path)), content)).collect()
}

/// The folder in `udfs/sdk`.
fn sdk_of(language: Language) -> &'static str {
    match language {
        Language::TypeScript => Language::JavaScript.name(),
        other => other.name(),
    }
}

/// The text with the name of the project; what is not text stays as it is.
fn with_name<'a>(content: Cow<'a, [u8]>, name: &str) -> Cow<'a, [u8]> {
    match std::str::from_utf8(&content) {
        Ok(text) if text.contains("{{name}}") => text.replace("{{name}}", name).into_bytes().into(),
        _ => content,
    }
}

/// Files of templates whose names would hide them, or mean something in this repository, have others there.
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
