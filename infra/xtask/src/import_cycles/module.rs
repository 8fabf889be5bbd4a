//! Reads what the file of a module declares and imports.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// The path of a module, without `crate`.
pub(super) type ModulePath = Vec<String>;

/// What a file declares and imports, outside of modules inside of it.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// In the folder `src`.
    pub(super) file: PathBuf,
    pub(super) items: BTreeSet<String>,
    pub(super) imports: Vec<Import>,
    /// Paths outside of imports, such as `super::exists::plan`.
    pub(super) paths: Vec<Vec<String>>,
    pub(super) test_modules: BTreeSet<String>,
}

/// One name that a `use` brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) purpose: Purpose,
    pub(super) path: Vec<String>,
    pub(super) name: String,
}

/// What a name is imported for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Use,
    /// `pub use`: what a file only passes on, it does not use.
    PassOn,
}

impl Module {
    /// Reads declarations and imports where they begin a line, as rustfmt indents everything inside of them, and paths everywhere.
    /// Modules of tests are left out.
    pub(super) fn parse(text: &str) -> Self {
        let mut module = Module::default();
        let mut is_test = false;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if is_test && line.starts_with("mod ") && line.ends_with('{') {
                lines.by_ref().find(|line| *line == "}");
                is_test = false;
                continue;
            }
            if line.starts_with("#[") {
                is_test |= line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test");
                continue;
            }
            if line.starts_with(char::is_whitespace) {
                module.paths.extend(paths(line));
                continue;
            }
            let (purpose, rest) = match line.strip_prefix("pub") {
                Some(rest) if rest.starts_with('(') => {
                    (Purpose::PassOn, rest.split_once(") ").map_or("", |(_, rest)| rest))
                }
                Some(rest) => (Purpose::PassOn, rest.trim_start()),
                None => (Purpose::Use, line),
            };
            if let Some(tree) = rest.strip_prefix("use ") {
                let mut tree = tree.to_owned();
                while !tree.contains(';') {
                    let Some(next) = lines.next() else { break };
                    tree.push_str(next.trim());
                }
                if !is_test {
                    let tree = tree.split(';').next().unwrap_or_default();
                    module.add_imports(purpose, &[], tree);
                }
            } else if let Some(name) = rest.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
                if is_test {
                    module.test_modules.insert(name.to_owned());
                }
            } else {
                module.items.extend(item_name(rest));
                if !is_test {
                    module.paths.extend(paths(line));
                }
            }
            is_test &= line.is_empty();
        }
        module
    }

    /// Adds the names of a tree such as `a::{b, c as d}`.
    fn add_imports(&mut self, purpose: Purpose, before: &[String], tree: &str) {
        let tree = tree.trim();
        let (prefix, inner) = match tree.split_once('{') {
            Some((prefix, inner)) => (prefix, inner.rsplit_once('}').map(|(inner, _)| inner)),
            None => (tree, None),
        };
        let (prefix, alias) = prefix.split_once(" as ").map_or((prefix, None), |(path, name)| (path, Some(name)));
        let parts = prefix.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned);
        let mut path: Vec<String> = before.iter().cloned().chain(parts).collect();
        if let Some(inner) = inner {
            parts_of(inner).for_each(|part| self.add_imports(purpose, &path, part));
            return;
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(last) = path.last() {
            let name = alias.unwrap_or(last).trim().to_owned();
            self.imports.push(Import { purpose, path, name });
        }
    }

    pub(super) fn tests(&self, path: &ModulePath) -> impl Iterator<Item = ModulePath> {
        self.test_modules.iter().map(move |name| path.iter().chain([name]).cloned().collect())
    }
}

/// The paths in a line of code, but those of visibilities, and those in macros for other crates (`$crate`).
fn paths(line: &str) -> impl Iterator<Item = Vec<String>> {
    let code = line.split("//").next().unwrap_or_default();
    let is_in_path = |character: char| character.is_alphanumeric() || matches!(character, '_' | ':' | '$');
    let words = code.split(move |character| !is_in_path(character)).map(|word| word.trim_matches(':'));
    let mut before = ["", ""];
    let paths = words.filter(|word| !word.is_empty()).filter(move |word| {
        let is_visibility = before == ["pub", "in"];
        before = [before[1], word];
        word.contains("::") && !word.contains('$') && !is_visibility
    });
    paths.map(|path| path.split("::").map(str::to_owned).collect())
}

/// The parts of a list between its commas, except those in braces.
fn parts_of(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    list.split(move |character| {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    })
    .filter(|part| !part.trim().is_empty())
}

/// The name of what a line declares.
fn item_name(line: &str) -> Option<String> {
    const KINDS: [&str; 9] = ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules!"];
    let mut words = line.split([' ', '(', '<', ':', ';', '{', '=']).filter(|word| !word.is_empty());
    let first = words.find(|word| !matches!(*word, "async" | "unsafe" | "extern"))?;
    if !KINDS.contains(&first) {
        return None;
    }
    words.find(|word| *word != "fn").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_items_are_read() {
        let text =
            "pub(crate) async fn f<T>() {}\nconst fn g() {}\npub static S: u8 = 1;\nmacro_rules! m {}\nimpl X {}\n";
        let items: Vec<String> = Module::parse(text).items.into_iter().collect();
        assert_eq!(items, ["S", "f", "g", "m"]);
    }
}
