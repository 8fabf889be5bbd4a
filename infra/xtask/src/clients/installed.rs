//! What is installed on this machine.

use xshell::Shell;

/// Whether a command can be run.
pub(super) fn runs(sh: &Shell, command: &str) -> bool {
    let mut words = command.split(' ');
    let program = words.next().unwrap_or_default();
    sh.cmd(program).args(words).quiet().ignore_stdout().ignore_stderr().run().is_ok()
}
