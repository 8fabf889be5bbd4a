//! A command that runs beside others.

use std::process::{Child, Command};

use anyhow::{Context, Result, ensure};
use xshell::Cmd;

/// A command that was started. It is killed on drop.
pub(crate) struct Background {
    command: String,
    child: Child,
}

impl Background {
    /// Starts a command, which prints among the others.
    pub(crate) fn start(command: Cmd<'_>) -> Result<Self> {
        let name = command.to_string();
        println!("\n$ {name} &");
        let child = Command::from(command).spawn().with_context(|| format!("cannot run `{name}`"))?;
        Ok(Background { command: name, child })
    }

    /// Waits until it ends; it must succeed.
    pub(crate) fn wait(mut self) -> Result<()> {
        let status = self.child.wait()?;
        ensure!(status.success(), "`{}`: {status}", self.command);
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use xshell::{Shell, cmd};

    use super::*;

    #[test]
    fn a_command_that_fails_is_named() {
        let sh = Shell::new().expect("a shell");
        let start = |status: &str| Background::start(cmd!(sh, "sh -c {status}")).expect("it starts");
        start("exit 0").wait().expect("it succeeds");
        let error = start("exit 3").wait().expect_err("it fails");
        assert_eq!(error.to_string(), "`sh -c \"exit 3\"`: exit status: 3");
    }
}
