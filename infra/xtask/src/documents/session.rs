//! A session of a shell, in which the commands of a document are run.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::expected::Outcome;
use super::plan::Step;

/// Where and how the commands are run.
pub(super) struct Session<'a> {
    /// An existing folder, in which the session starts.
    pub(super) folder: &'a Path,
    /// Variables of the environment.
    pub(super) environment: Vec<(&'static str, OsString)>,
    /// Takes the place of [`DEFAULT_PORT`], which others may use.
    pub(super) port: u16,
}

/// The port in documents.
const DEFAULT_PORT: &str = ":9200";

/// What commands a document shows that have been run before: the tests build these.
const DONE_BEFORE: [&str; 3] = ["install --path host/cli", "xtask components", "xtask package spin"];

/// Precedes the number of a step, before its output, and its status after it.
const MARK: &str = "@@@";

impl Session<'_> {
    /// Runs commands one after another, whether or not they succeed.
    pub(super) fn run(&self, steps: &[Step]) -> Result<Vec<Outcome>> {
        let script = self.folder.join("session.sh");
        fs::write(&script, self.script(steps))?;
        let output = self.folder.join("session.out");
        let file = File::create(&output)?;
        let mut bash = Command::new("bash");
        bash.arg(&script).current_dir(self.folder).envs(self.environment.iter().map(|(name, value)| (name, value)));
        bash.env_remove("QUIDDITCH_STORE").stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        bash.status().context("cannot run bash")?;
        let output = fs::read_to_string(&output)?.replace(&format!(":{}", self.port), DEFAULT_PORT);
        let outcomes: Vec<Outcome> = output.split(&format!("\n{MARK}step\n")).skip(1).filter_map(outcome).collect();
        ensure!(outcomes.len() == steps.len(), "the shell ended early:\n{output}");
        Ok(outcomes)
    }

    fn script(&self, steps: &[Step]) -> String {
        let port = self.port;
        let done = DONE_BEFORE.map(|command| format!("'{command}'")).join(" | ");
        let mut script = format!(
            r#"trap 'kill $(jobs -p) 2> /dev/null' EXIT
curl() {{ command curl --silent --fail-with-body "$@"; }}
cargo() {{ case "$*" in {done}) ;; *) command cargo "$@" ;; esac; }}
# A server goes on while the next commands are run.
quidditch() {{
    if [ "$1" != serve ]; then command quidditch "$@"; return; fi
    case " $* " in *' --listen '*) ;; *) set -- "$@" --listen 127.0.0.1:{port} ;; esac
    : > serve.log
    command quidditch "$@" >> serve.log 2>&1 &
    while kill -0 $! 2> /dev/null; do grep --max-count 1 '^listening on' serve.log && return; sleep 0.1; done
    cat serve.log; return 1
}}
"#
        );
        for Step { command, .. } in steps {
            // Not reachable from other machines.
            let command = command.replace(DEFAULT_PORT, &format!(":{port}")).replace("0.0.0.0:", "127.0.0.1:");
            script += &format!("printf '\\n{MARK}step\\n'\n{command}\nprintf '\\n{MARK}status %d\\n' $?\n");
        }
        script
    }
}

/// The outcome of a step, from what was printed from its start to that of the next one.
fn outcome(printed: &str) -> Option<Outcome> {
    let (output, status) = printed.rsplit_once(&format!("\n{MARK}status "))?;
    let status = status.lines().next()?.parse().ok()?;
    Some(Outcome { status, output: output.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::super::expected::Expected;
    use super::*;

    #[test]
    fn commands_share_a_shell() {
        let folder = tempfile::tempdir().expect("a folder");
        let session = Session { folder: folder.path(), environment: vec![("NAME", "Ada".into())], port: 4321 };
        let commands =
            ["cd / && GREETING=hello", "echo $GREETING $NAME; pwd", "(exit 3)", "cargo xtask components", "echo :9200"];
        let steps = commands.map(|command| Step {
            place: String::new(),
            command: command.to_owned(),
            expected: Expected::Success,
        });
        let outcomes = session.run(&steps).expect("the shell runs");
        let expected = [(0, ""), (0, "hello Ada\n/\n"), (3, ""), (0, ""), (0, ":9200\n")];
        let expected = expected.map(|(status, output)| Outcome { status, output: output.to_owned() });
        assert_eq!(outcomes, expected);
        let ends = [Step { command: "exit".to_owned(), ..steps[0].clone() }];
        assert!(session.run(&ends).is_err());
    }
}
