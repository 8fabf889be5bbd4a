//! Compiles components in a process of its own.
//!
//! Bytes that were made to harm can keep a compiler busy for very long and make it use very much memory. So this program
//! starts itself once more for every component, with limits on both: what happens there ends there.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use quidditch_function::{Cause, Code, FailurePhase, Function, FunctionError, FunctionId, Loader, Target, TrustedCode};
use quidditch_sandbox::Sandbox;

use crate::outcome::Outcome;

/// The name of the hidden command that the child runs.
const COMMAND: &str = "compile-component";

/// The child's arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    limits: Limits,
    /// What to compile for; by default this machine.
    #[arg(long)]
    target: Option<Target>,
}

/// What compiling one component may take.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Limits {
    /// Time in seconds. 60: a component of 18 MB, an interpreter, takes about 10 on one slow core.
    #[arg(long)]
    seconds: u64,
    /// Memory that is really written to, in MiB. 2,048: the same component takes a quarter of it.
    #[arg(long)]
    mebibytes: u64,
}

const LIMITS: Limits = Limits { seconds: 60, mebibytes: 2_048 };

/// A sandbox whose compiler is a child process.
pub(crate) struct ChildCompiler {
    sandbox: Sandbox,
}

impl ChildCompiler {
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        ChildCompiler { sandbox }
    }
}

impl Loader for ChildCompiler {
    fn target(&self) -> Target {
        self.sandbox.target()
    }

    fn compatibility(&self, target: Target) -> String {
        self.sandbox.compatibility(target)
    }

    fn can_compile(&self) -> bool {
        self.sandbox.can_compile()
    }

    fn compile(&self, id: &FunctionId, component: &[u8], target: Target) -> Result<Vec<u8>, FunctionError> {
        own_compiler(LIMITS, target)
            .and_then(|compiler| compile(compiler, component, LIMITS))
            .map_err(|cause| FunctionError { function: id.clone(), phase: FailurePhase::Load, cause })
    }

    fn load(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, FunctionError> {
        match code {
            Code::AheadOfTime(_) => self.sandbox.load(id, code),
            Code::Component(component) => {
                let code = self.compile(&id, component, Target::ThisMachine)?;
                // It comes from this very program, by a pipe.
                self.sandbox.load(id, Code::AheadOfTime(TrustedCode::vouch_for(&code)))
            }
        }
    }
}

/// This program as a compiler.
fn own_compiler(limits: Limits, target: Target) -> Result<Command, Cause> {
    let mut compiler = Command::new(std::env::current_exe().map_err(unavailable)?);
    compiler.arg(COMMAND);
    compiler.args(["--seconds", &limits.seconds.to_string(), "--mebibytes", &limits.mebibytes.to_string()]);
    if target != Target::ThisMachine {
        compiler.args(["--target", target.name()]);
    }
    Ok(compiler)
}

fn unavailable(error: io::Error) -> Cause {
    Cause::unavailable(anyhow::Error::new(error).context("cannot run the compiler"))
}

/// Runs a compiler that takes a component on standard input and gives code on standard output.
fn compile(mut compiler: Command, component: &[u8], limits: Limits) -> Result<Vec<u8>, Cause> {
    let compiler = compiler.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = compiler.spawn().map_err(unavailable)?;
    let talked = talk(&mut child, component, Duration::from_secs(limits.seconds));
    if talked.is_none() {
        // It may have ended just now.
        let _ = child.kill();
    }
    let status = child.wait().map_err(unavailable)?;
    match talked {
        None => Err(Cause::Unusable(format!("compiling it was stopped after {} s", limits.seconds))),
        Some((code, _)) if status.success() => Ok(code),
        Some((_, message)) => Err(Cause::Unusable(reason(status, &message, limits))),
    }
}

/// Sends the component; gives what came back on standard output and standard error, or `None` if that took too long.
fn talk(child: &mut Child, component: &[u8], time: Duration) -> Option<(Vec<u8>, String)> {
    let mut stdin = child.stdin.take().expect("it is piped");
    let mut stdout = child.stdout.take().expect("it is piped");
    let mut stderr = child.stderr.take().expect("it is piped");
    let component = component.to_vec();
    let (sender, receiver) = mpsc::channel();
    // One thread for each pipe, so that none can fill up and keep the others waiting. They end with the child.
    thread::spawn(move || {
        // A child that does not read on says why on standard error.
        let _ = stdin.write_all(&component);
    });
    let message = thread::spawn(move || {
        let mut message = Vec::new();
        let _ = stderr.read_to_end(&mut message);
        String::from_utf8_lossy(&message).trim().to_owned()
    });
    thread::spawn(move || {
        let mut code = Vec::new();
        // Cut-off code comes with an exit status that says so.
        let _ = stdout.read_to_end(&mut code);
        let _ = sender.send(code);
    });
    match receiver.recv_timeout(time) {
        Ok(code) => Some((code, message.join().unwrap_or_default())),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
    }
}

fn reason(status: ExitStatus, message: &str, limits: Limits) -> String {
    // The child's own words; a child that was killed has none, or not the last.
    if status.code() == Some(1) {
        return message.to_owned();
    }
    let Limits { seconds, mebibytes } = limits;
    format!("its compiler was stopped ({status}): it may use {mebibytes} MiB of memory and {seconds} s")
}

/// What the child does: reads a component, writes its code.
pub(crate) fn run_child(arguments: &Arguments) -> Result<Outcome> {
    let Arguments { limits, target } = *arguments;
    limit_this_process(limits).context("cannot limit the compiler")?;
    let mut component = Vec::new();
    io::stdin().lock().read_to_end(&mut component).context("cannot read the component")?;
    // It runs nothing, so it needs no more than one place for an instance.
    let limits = quidditch_sandbox::Limits { instances: 1, ..Default::default() };
    let sandbox = Sandbox::new(limits, None)?;
    match sandbox.compile(&FunctionId::new("", ""), &component, target.unwrap_or(Target::ThisMachine)) {
        Ok(code) => {
            let mut out = io::stdout().lock();
            out.write_all(&code)?;
            out.flush()?;
            Ok(Outcome::Done)
        }
        Err(error) => {
            eprintln!("{:#}", anyhow::Error::new(error.cause));
            Ok(Outcome::Failed)
        }
    }
}

/// Data, not addresses: the sandbox reserves far more addresses than it ever uses.
#[cfg(unix)]
fn limit_this_process(limits: Limits) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let at_most = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::Data, at_most(limits.mebibytes << 20))?;
    // Several threads may compile, and each one's time counts. The parent watches the clock.
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    setrlimit(Resource::Cpu, at_most(limits.seconds * threads))?;
    // A compiler that runs out of memory aborts; nobody needs its memory afterwards.
    setrlimit(Resource::Core, at_most(0))?;
    Ok(())
}

#[cfg(not(unix))]
fn limit_this_process(_: Limits) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn compile_with(program: &str, seconds: u64) -> Result<Vec<u8>, Cause> {
        let mut compiler = Command::new("sh");
        compiler.args(["-c", program]);
        compile(compiler, b"component", Limits { seconds, mebibytes: 1 })
    }

    fn refusal(program: &str, seconds: u64) -> String {
        compile_with(program, seconds).expect_err("refused").to_string()
    }

    #[test]
    fn what_the_compiler_writes_is_the_code() {
        assert_eq!(compile_with("cat", 60).expect("compiled"), b"component");
    }

    #[test]
    fn a_compiler_that_refuses_says_why() {
        assert_eq!(refusal("echo it is bad >&2; exit 1", 60), "it is bad");
    }

    #[test]
    fn a_compiler_that_takes_too_long_is_stopped() {
        // The shell is replaced, so what is stopped is what holds the pipes.
        assert_eq!(refusal("exec sleep 600", 0), "compiling it was stopped after 0 s");
    }

    #[test]
    fn a_compiler_that_dies_is_no_code() {
        insta::assert_snapshot!(
            refusal("echo half; kill -9 $$", 60),
            @"its compiler was stopped (signal: 9 (SIGKILL)): it may use 1 MiB of memory and 60 s"
        );
    }
}
