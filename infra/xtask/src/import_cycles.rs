//! The imports between the files of a crate form no cycle: what two files need of each other is in a third.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::root;

/// Folders with crates.
const FOLDERS: [&str; 6] = ["host", "components", "udfs/sdk", "udfs/examples", "infra", "tests"];

/// How many modules a name may be passed on through. 16: more than there are anywhere.
const MOST_EXPORTS: usize = 16;

/// Fails if files of a crate import each other.
pub(crate) fn check() -> Result<()> {
    for sources in source_folders(root())? {
        let modules = Modules::read(&sources)?;
        if let Some(cycle) = modules.cycle() {
            let files: Vec<String> = cycle.iter().map(|file| file.display().to_string()).collect();
            bail!("files of {} import each other: {}", sources.display(), files.join(" -> "));
        }
    }
    Ok(())
}

/// The `src` folders of all crates.
fn source_folders(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = folders.pop() {
        if folder.join("Cargo.toml").exists() && folder.join("src").exists() {
            found.push(folder.join("src"));
        }
        let is_skipped = |name: &str| matches!(name, "src" | "target") || name.starts_with('.');
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() && !entry.file_name().to_str().is_none_or(is_skipped) {
                folders.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// The path of a module, without `crate`.
type ModulePath = Vec<String>;

/// The modules of a crate that have files, without those of tests.
#[derive(Default)]
struct Modules(BTreeMap<ModulePath, Module>);

/// What a file declares and imports, outside of modules inside of it.
#[derive(Debug, Default)]
struct Module {
    /// In the folder `src`.
    file: PathBuf,
    items: BTreeSet<String>,
    imports: Vec<Import>,
    /// Paths outside of imports, such as `super::exists::plan`.
    paths: Vec<Vec<String>>,
    test_modules: BTreeSet<String>,
}

/// One name that a `use` brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Import {
    purpose: Purpose,
    path: Vec<String>,
    name: String,
}

/// What a name is imported for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Use,
    /// `pub use`: what a file only passes on, it does not use.
    PassOn,
}

impl Modules {
    fn read(sources: &Path) -> Result<Self> {
        let mut modules = Modules::default();
        let mut folders = vec![sources.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let file = path.strip_prefix(sources)?.to_owned();
                    let text = fs::read_to_string(&path)?;
                    modules.0.insert(module_path(&file), Module { file, ..Module::parse(&text) });
                }
            }
        }
        let tests: Vec<ModulePath> = modules.0.iter().flat_map(|(path, module)| module.tests(path)).collect();
        modules.0.retain(|path, _| !tests.iter().any(|test| path.starts_with(test)));
        Ok(modules)
    }

    /// Files that import each other, each the next one; `None` if there are none.
    fn cycle(&self) -> Option<Vec<&Path>> {
        let mut imports: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
        for (path, module) in &self.0 {
            let used = module.imports.iter().filter(|import| import.purpose == Purpose::Use);
            let paths = used.map(|import| &import.path).chain(&module.paths);
            let files = paths.filter_map(|used| self.file_of(path, used, 0));
            imports.insert(&module.file, files.filter(|file| *file != module.file).collect());
        }
        let mut done = BTreeSet::new();
        imports.keys().find_map(|file| visit(file, &imports, &mut Vec::new(), &mut done))
    }

    /// The file that declares what a path in a module names; `None` if it is in another crate.
    fn file_of(&self, from: &ModulePath, path: &[String], exports: usize) -> Option<&Path> {
        let mut module = from.clone();
        for (index, name) in path.iter().enumerate() {
            match name.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => _ = module.pop()?,
                name => {
                    let mut inner = module.clone();
                    inner.push(name.to_owned());
                    if self.0.contains_key(&inner) {
                        module = inner;
                        continue;
                    }
                    let here = self.0.get(&module)?;
                    if here.items.contains(name) {
                        return Some(&here.file);
                    }
                    let passed_on = here.imports.iter().filter(|import| import.name == name && import.path != [name]);
                    let rest = &path[index + 1..];
                    return passed_on.filter(|_| exports < MOST_EXPORTS).find_map(|import| {
                        let path: Vec<String> = import.path.iter().chain(rest).cloned().collect();
                        self.file_of(&module, &path, exports + 1)
                    });
                }
            }
        }
        Some(&self.0.get(&module)?.file)
    }
}

/// Looks for a cycle among what a file imports. `open` are the files on the way to it, `done` those that are in no cycle.
fn visit<'a>(
    file: &'a Path,
    imports: &BTreeMap<&'a Path, BTreeSet<&'a Path>>,
    open: &mut Vec<&'a Path>,
    done: &mut BTreeSet<&'a Path>,
) -> Option<Vec<&'a Path>> {
    if let Some(start) = open.iter().position(|other| *other == file) {
        let mut cycle = open[start..].to_vec();
        cycle.push(file);
        return Some(cycle);
    }
    if done.contains(file) {
        return None;
    }
    open.push(file);
    let cycle = imports.get(file).into_iter().flatten().find_map(|imported| visit(imported, imports, open, done));
    open.pop();
    done.insert(file);
    cycle
}

/// The module of a file.
fn module_path(file: &Path) -> ModulePath {
    let without_extension = file.with_extension("");
    let mut path: ModulePath = without_extension.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path == ["lib"] || path == ["main"] || path.last().is_some_and(|last| last == "mod") {
        path.pop();
    }
    path
}

impl Module {
    /// Reads declarations and imports where they begin a line, as rustfmt indents everything inside of them, and paths everywhere.
    /// Modules of tests are left out.
    fn parse(text: &str) -> Self {
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

    fn tests(&self, path: &ModulePath) -> impl Iterator<Item = ModulePath> {
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

    fn modules(files: &[(&str, &str)]) -> Modules {
        let module = |(file, text): &(&str, &str)| {
            let file = PathBuf::from(file);
            (module_path(&file), Module { file, ..Module::parse(text) })
        };
        Modules(files.iter().map(module).collect())
    }

    fn cycle(files: &[(&str, &str)]) -> Option<Vec<String>> {
        let modules = modules(files);
        modules.cycle().map(|cycle| cycle.iter().map(|file| file.display().to_string()).collect())
    }

    #[test]
    fn files_that_import_each_other_are_found() {
        let root = ("lib.rs", "mod a;\nmod b;\n\npub use a::A;\npub(crate) use b::B;\n");
        let a = ("a.rs", "use crate::B;\n\npub struct A(B);\n");
        assert_eq!(cycle(&[root, a, ("b.rs", "pub(crate) struct B;\n")]), None);
        let b = ("b.rs", "use super::a::{self,\n    A as Other};\n\npub(crate) struct B;\n");
        assert_eq!(cycle(&[root, a, b]), Some(["a.rs", "b.rs", "a.rs"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn paths_in_code_count_as_imports() {
        let root = ("lib.rs", "mod a;\nmod b;\n");
        let a = ("a.rs", "use crate::b::f;\n\npub struct A;\n");
        let b = |line: &'static str| ("b.rs", line);
        for used in ["fn f() {\n    g(super::a::A);\n}\n", "fn f() -> crate::a::A {\n}\n"] {
            assert!(cycle(&[root, a, b(used)]).is_some(), "{used}");
        }
        for unused in [
            "fn f() {}\n// super::a::A\n",
            "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    fn g() -> super::a::A {}\n}\n",
            "pub(in super::a) fn f() {}\n",
            "pub(in super::a) struct F(pub(in super::a) u8);\n",
        ] {
            assert_eq!(cycle(&[root, a, b(unused)]), None, "{unused}");
        }
        // A module inside of another one that its file calls.
        let outer = ("a.rs", "mod c;\n\npub struct A;\n\nfn f() {\n    c::g();\n}\n");
        assert!(cycle(&[root, outer, ("a/c.rs", "use super::A;\n\npub(super) fn g() {}\n")]).is_some());
    }

    #[test]
    fn what_is_passed_on_or_tested_is_not_used() {
        let a = ("a.rs", "mod b;\n#[cfg(test)]\nmod tests;\n\npub(super) use b::B;\n\npub(super) const A: u8 = 1;\n");
        let b = (
            "a/b.rs",
            "use super::A;\n\npub(super) struct B;\n\n#[cfg(test)]\nmod tests {\n    use super::super::B;\n}\n",
        );
        assert_eq!(cycle(&[("lib.rs", "mod a;\n"), a, b]), None);
        assert_eq!(Module::parse(a.1).test_modules, BTreeSet::from(["tests".to_owned()]));
    }

    #[test]
    fn no_files_of_this_repository_import_each_other() {
        check().expect("no cycle");
    }

    #[test]
    fn names_of_items_are_read() {
        let text =
            "pub(crate) async fn f<T>() {}\nconst fn g() {}\npub static S: u8 = 1;\nmacro_rules! m {}\nimpl X {}\n";
        let items: Vec<String> = Module::parse(text).items.into_iter().collect();
        assert_eq!(items, ["S", "f", "g", "m"]);
    }
}
