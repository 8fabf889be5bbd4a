//! Makes new projects.

use std::borrow::Cow;
use std::fs;
use std::io;
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
#[exclude = "*_test.go"]
#[exclude = "javascript/tests/*"]
#[exclude = "rust/tests/*"]
struct Sdks;

/// Writes a project into a folder, which is created, and returns the files.
///
/// The folder must not exist, or be empty. If writing fails, what was written is removed.
///
/// # Errors
/// [`AuthoringError::Name`] for an invalid name, [`AuthoringError::Project`] for a folder with files, and errors of writing.
pub fn create(folder: &Path, name: &str, language: Language, role: Role) -> Result<Vec<PathBuf>, AuthoringError> {
    if !is_name(name) {
        return Err(AuthoringError::Name(name.to_owned()));
    }
    let taken = |reason: &str| {
        Err(AuthoringError::Project {
            path: folder.to_owned(),
            reason: format!("{reason}; name another with --folder"),
        })
    };
    if folder.is_file() {
        return taken("this is a file and no folder");
    }
    if folder.exists() {
        let mut entries = fs::read_dir(folder).map_err(AuthoringError::file("list", folder))?;
        if entries.next().is_some() {
            return taken("the folder is not empty");
        }
    }
    let (language_name, role) = (language.name(), role.name());
    let common = embedded::<Templates>(&format!("{language_name}/common/"), "");
    let of_role = embedded::<Templates>(&format!("{language_name}/{role}/"), "");
    let tests = embedded::<Templates>(&format!("tests/{role}/"), &format!("{TESTS_FOLDER}/"));
    let sdk = embedded::<Sdks>(&format!("{}/", sdk_of(language)), &format!("{SDK_FOLDER}/"));
    let from_templates = [common, of_role, tests].into_iter().flatten();
    let from_templates = from_templates.map(|(path, content)| (with_name(&path, name), text_with_name(content, name)));
    write_all(folder, from_templates.chain(sdk))
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

/// Writes all files, or none, into a folder that is empty or does not exist.
fn write_all<'a>(
    folder: &Path,
    files: impl Iterator<Item = (String, Cow<'a, [u8]>)>,
) -> Result<Vec<PathBuf>, AuthoringError> {
    let is_new = !folder.exists();
    let written: Result<_, _> = files.map(|(path, content)| write(&folder.join(hidden(&path)), &content)).collect();
    if written.is_err() {
        // The author is told why writing failed, and not that removing what was written does, too.
        let _ = if is_new { fs::remove_dir_all(folder) } else { remove_content(folder) };
    }
    written
}

fn remove_content(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> Result<PathBuf, AuthoringError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(AuthoringError::file("create", folder))?;
    }
    fs::write(path, content).map_err(AuthoringError::file("write", path))?;
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_that_cannot_be_written_is_not_left_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        // The last file cannot be written, because the folder that it is in is a file.
        let files =
            || ["src/lib.rs", "README.md", "README.md/more"].map(|path| (path.to_owned(), Cow::from(&b"x"[..])));
        let new = folder.path().join("new");
        assert!(write_all(&new, files().into_iter()).is_err());
        assert!(!new.exists());
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).expect("created");
        assert!(write_all(&empty, files().into_iter()).is_err());
        assert_eq!(fs::read_dir(&empty).expect("it is still there").count(), 0);
        let written = write_all(&empty, files().into_iter().take(2)).expect("it can be written");
        assert_eq!(written, [empty.join("src/lib.rs"), empty.join("README.md")]);
    }

    #[test]
    fn a_project_is_not_written_into_a_file_or_among_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("at_least");
        fs::write(&file, "").expect("written");
        let error = |path: &Path| {
            let error = create(path, "at_least", Language::Wat, Role::Filter).expect_err("it is taken").to_string();
            error.replace(folder.path().to_str().expect("UTF-8"), "FOLDER")
        };
        insta::assert_snapshot!(error(&file), @"FOLDER/at_least: this is a file and no folder; name another with --folder");
        insta::assert_snapshot!(error(folder.path()), @"FOLDER: the folder is not empty; name another with --folder");
    }
}
