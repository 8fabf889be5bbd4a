//! Mistakes of authors that a build finds.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

/// A mistake in the source of a project.
struct Mistake {
    /// A line of the template.
    line: &'static str,
    /// What is added at its end.
    added: &'static str,
    /// What the error of the build contains.
    error: &'static str,
}

/// In a filter in AssemblyScript.
const IN_ASSEMBLYSCRIPT: Mistake = Mistake {
    line: "keep(batch: Batch, kept: StaticArray<bool>): void {",
    // It would free the columns of the batch.
    added: "__collect();",
    error: "A function has no __collect, __pin or __unpin: its memory is freed between two calls",
};

/// Adds a mistake to the source of a filter in AssemblyScript, which must not be built then.
pub(super) fn check_assemblyscript(sh: &Shell, quidditch: &Path, project: &Path) -> Result<()> {
    let Mistake { line, added, error } = IN_ASSEMBLYSCRIPT;
    let name = project.file_name().context("a project has a name")?;
    let source = project.join(name).with_extension("ts");
    let text = fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    ensure!(text.contains(line), "{} has no line `{line}`", source.display());
    fs::write(&source, text.replace(line, &format!("{line} {added}")))?;
    let printed = cmd!(sh, "{quidditch} udf build {project}").quiet().ignore_status().read_stderr()?;
    ensure!(printed.contains(error), "`{added}` must be the error `{error}`, but the build printed:\n{printed}");
    Ok(())
}
