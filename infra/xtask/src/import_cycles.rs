//! The imports between the files of a crate form no cycle, nor do those between the modules at its top: what two of them need of
//! each other is in a third.

mod module;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::root;
use module::{Module, ModulePath, Purpose};

/// Folders with crates.
const FOLDERS: [&str; 6] = ["host", "components", "udfs/sdk", "udfs/examples", "infra", "tests"];

/// How many modules a name may be passed on through. 16: more than there are anywhere.
const MOST_EXPORTS: usize = 16;

/// Fails if files of a crate import each other, or modules at its top do.
pub(crate) fn check() -> Result<()> {
    for sources in source_folders(root())? {
        let modules = Modules::read(&sources)?;
        let imports = modules.imports();
        if let Some(cycle) = cycle(&imports) {
            let files: Vec<String> = cycle.iter().map(|file| file.display().to_string()).collect();
            bail!("files of {} import each other: {}", sources.display(), files.join(" -> "));
        }
        if let Some(cycle) = cycle(&of_top_modules(&imports)) {
            let names: Vec<String> = cycle.iter().map(|module| module.display().to_string()).collect();
            let between = imports_between(&cycle, &imports);
            bail!("modules of {} import each other: {} ({between})", sources.display(), names.join(" -> "));
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

/// The modules of a crate that have files, without those of tests.
#[derive(Default)]
struct Modules(BTreeMap<ModulePath, Module>);

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

    /// Which files each file imports.
    fn imports(&self) -> Imports<'_> {
        let mut imports = Imports::new();
        for (path, module) in &self.0 {
            let used = module.imports.iter().filter(|import| import.purpose == Purpose::Use);
            let paths = used.map(|import| &import.path).chain(&module.paths);
            let files = paths.filter_map(|used| self.file_of(path, used, 0));
            imports.insert(&module.file, files.filter(|file| *file != module.file).collect());
        }
        imports
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

/// Which others each file imports, or each module at the top of a crate.
type Imports<'a> = BTreeMap<&'a Path, BTreeSet<&'a Path>>;

/// The imports between the modules at the top of a crate. A file `a.rs` and the files in the folder `a` are one module.
fn of_top_modules<'a>(files: &Imports<'a>) -> Imports<'a> {
    let mut modules = Imports::new();
    for (file, imported) in files {
        let module = top_module(file);
        let others = imported.iter().map(|other| top_module(other)).filter(|other| *other != module);
        modules.entry(module).or_default().extend(others);
    }
    modules
}

fn top_module(file: &Path) -> &Path {
    let first = file.iter().next().map(Path::new);
    first.and_then(Path::file_stem).map_or(file, Path::new)
}

/// Those that import each other, each the next one; `None` if there are none.
fn cycle<'a>(imports: &Imports<'a>) -> Option<Vec<&'a Path>> {
    let mut done = BTreeSet::new();
    imports.keys().find_map(|start| visit(start, imports, &mut Vec::new(), &mut done))
}

/// Looks for a cycle among what `from` imports. `open` are those on the way to it, `done` those that are in no cycle.
fn visit<'a>(
    from: &'a Path,
    imports: &Imports<'a>,
    open: &mut Vec<&'a Path>,
    done: &mut BTreeSet<&'a Path>,
) -> Option<Vec<&'a Path>> {
    if let Some(start) = open.iter().position(|other| *other == from) {
        let mut cycle = open[start..].to_vec();
        cycle.push(from);
        return Some(cycle);
    }
    if done.contains(from) {
        return None;
    }
    open.push(from);
    let cycle = imports.get(from).into_iter().flatten().find_map(|imported| visit(imported, imports, open, done));
    open.pop();
    done.insert(from);
    cycle
}

/// The imports of files by which each module of a cycle imports the next one.
fn imports_between(cycle: &[&Path], files: &Imports<'_>) -> String {
    let mut found = Vec::with_capacity(cycle.len());
    for pair in cycle.windows(2) {
        let of_first = files.iter().filter(|(file, _)| top_module(file) == pair[0]);
        for (file, imported) in of_first {
            let of_second = imported.iter().find(|other| top_module(other) == pair[1]);
            found.extend(of_second.map(|other| format!("{} -> {}", file.display(), other.display())));
        }
    }
    found.join(", ")
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

    fn shown(cycle: Option<Vec<&Path>>) -> Option<Vec<String>> {
        cycle.map(|cycle| cycle.iter().map(|path| path.display().to_string()).collect())
    }

    fn cycle(files: &[(&str, &str)]) -> Option<Vec<String>> {
        shown(super::cycle(&modules(files).imports()))
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
    fn modules_that_import_each_other_are_found() {
        let root = ("lib.rs", "mod a;\nmod b;\nmod c;\n");
        let a = ("a.rs", "mod inner;\n\npub(crate) use inner::A;\n");
        let inner = ("a/inner.rs", "pub(crate) struct A;\n");
        let b = ("b.rs", "use crate::a::A;\n\npub(crate) const B: A = A;\n");
        let c = ("c.rs", "pub(crate) use super::b::B;\n");
        let modules_of = |files: &[(&str, &str)]| {
            let modules = modules(files);
            let imports = modules.imports();
            let cycle = super::cycle(&of_top_modules(&imports));
            let between = cycle.as_ref().map(|cycle| imports_between(cycle, &imports));
            (super::cycle(&imports).is_some(), shown(cycle), between)
        };
        assert_eq!(modules_of(&[root, a, inner, b, c]), (false, None, None));
        let a = ("a.rs", "mod inner;\nmod other;\n\npub(crate) use inner::A;\n");
        // The name is passed on by one more module, which is not in the cycle.
        let other = ("a/other.rs", "use crate::c::B;\n\nconst C: A = B;\n");
        let found = modules_of(&[root, a, inner, other, b, c]);
        let names = ["a", "b", "a"].map(str::to_owned).to_vec();
        let between = "a/other.rs -> b.rs, b.rs -> a/inner.rs".to_owned();
        assert_eq!(found, (false, Some(names), Some(between)));
    }

    #[test]
    fn no_files_of_this_repository_import_each_other() {
        check().expect("no cycle");
    }
}
