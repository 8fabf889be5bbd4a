//! Projects that are built with the tools of a language, whose place scripts take here.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::fixture::Installation;

/// A project in another language than its source, which is in the text format, and a folder of programs.
struct WithTools {
    installation: Installation,
    folder: String,
    /// What a compiler would make of the source.
    module: String,
}

impl WithTools {
    fn new(language: &str) -> Self {
        let installation = Installation::new();
        let folder = installation.path("at_least");
        installation.succeed(&["udf", "new", "at_least", "--lang", "wat", "--folder", &folder]);
        let toml = Path::new(&folder).join("function.toml");
        let text = fs::read_to_string(&toml).expect("it is there").replace("\"wat\"", &format!("\"{language}\""));
        fs::write(&toml, text).expect("written");
        let module = wat::parse_file(Path::new(&folder).join("at_least.wat")).expect("valid");
        let module = installation.write("module.wasm", module);
        fs::create_dir(installation.path("bin")).expect("created");
        WithTools { installation, folder, module }
    }

    /// Makes a program in the folder of programs.
    fn program(&self, name: &str, script: &str) {
        let path = self.installation.write(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is there");
    }

    /// Builds the project; returns the exit code, and all lines but the one with the size of the component.
    fn build(&self) -> String {
        let path = format!("{}:{}", self.installation.path("bin"), std::env::var("PATH").expect("it is set"));
        self.build_in(&[("PATH", &path)])
    }

    fn build_in(&self, variables: &[(&str, &str)]) -> String {
        let output = self.installation.run_in(variables, &["udf", "build", &self.folder]);
        output.lines().filter(|line| !line.starts_with("built ")).collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn warnings_of_a_compiler_that_succeeds_are_shown() {
    let project = WithTools::new("go");
    let module = &project.module;
    // The module is the argument after `-o`.
    let copy = format!("while [ \"$1\" != -o ]; do shift; done; cp {module} \"$2\"");
    project.program("go", &format!("{copy}; echo '# at_least' >&2; echo 'link: careful' >&2"));
    insta::assert_snapshot!(project.build(), @r"
    0
    2 tests passed
    # at_least
    link: careful
    ");
}

#[test]
fn installing_packages_is_announced() {
    let project = WithTools::new("assemblyscript");
    let asc = project.installation.path("bin/asc");
    project.program("asc", &format!("cp {} $2", project.module));
    let files = "node_modules/.bin && touch node_modules/.package-lock.json";
    project.program("npm", &format!("mkdir -p {files} && cp {asc} node_modules/.bin"));
    insta::assert_snapshot!(project.build(), @r"
    0
    2 tests passed
    installing the packages of package.json
    ");
    insta::assert_snapshot!(project.build(), @r"
    0
    2 tests passed
    ");
}

#[test]
fn missing_tools_are_errors_that_say_what_to_install() {
    let project = WithTools::new("javascript");
    let programs = project.installation.path("bin");
    insta::assert_snapshot!(project.build_in(&[("PATH", &programs)]), @r"
    1
    installing the packages of package.json
    error: npm not found: install Node.js 20 or later (https://nodejs.org), which has npm
    ");
    project.program("node", "exit 1");
    insta::assert_snapshot!(project.build_in(&[("PATH", &programs)]), @r"
    1
    installing the packages of package.json
    error: npm not found: Node.js is installed without it: install npm (Debian: apt-get install npm), or Node.js from https://nodejs.org, which has it
    ");

    let project = WithTools::new("c");
    insta::assert_snapshot!(project.build_in(&[("WASI_SDK_PATH", "/not-there")]), @r"
    1
    error: /not-there/bin/clang not found: set WASI_SDK_PATH to the folder of a WASI SDK (https://github.com/WebAssembly/wasi-sdk), or unset it to use the clang on PATH
    ");
}
