//! Compiles components in a child process.
//!
//! A malicious component can make a compiler run for a very long time and use a lot of memory. Therefore this program starts
//! itself as a child process for each component, with limits on both.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use quidditch_function::{
    Cause, Code, FailurePhase, Function, FunctionError, FunctionId, Loader, Package, Target, TrustedCode,
};
use quidditch_sandbox::{Profiling, Report, Sandbox};

use crate::outcome::Outcome;

/// The name of the hidden command that the child runs.
const COMMAND: &str = "compile-component";

/// The child's arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    limits: Limits,
    /// Target to compile for; by default this machine
    #[arg(long)]
    target: Option<Target>,
    /// Compile a component even if it is not a valid function
    #[arg(long)]
    unchecked: bool,
    /// Keep debug information in the code
    #[arg(long)]
    debug_info: bool,
}

/// Limits for compiling one component.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Limits {
    /// Time in seconds. 60: an interpreter of 18 MB takes about 10 on one slow core.
    #[arg(long)]
    seconds: u64,
    /// Memory in MiB. 2,048: the same component needs a quarter of it.
    #[arg(long)]
    mebibytes: u64,
}

const LIMITS: Limits = Limits { seconds: 60, mebibytes: 2_048 };

/// A sandbox that compiles in a child process.
pub(crate) struct ChildCompiler {
    sandbox: Sandbox,
}

impl ChildCompiler {
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        ChildCompiler { sandbox }
    }

    /// The command that runs this program as a compiler.
    fn command(&self, target: Target) -> Result<Command, Cause> {
        let Limits { seconds, mebibytes } = LIMITS;
        let mut compiler = Command::new(std::env::current_exe().map_err(unavailable)?);
        compiler.arg(COMMAND);
        compiler.args(["--seconds", &seconds.to_string(), "--mebibytes", &mebibytes.to_string()]);
        if target != Target::ThisMachine {
            compiler.args(["--target", target.name()]);
        }
        if self.sandbox.reads_debug_info() {
            compiler.arg("--debug-info");
        }
        Ok(compiler)
    }

    /// Reports the properties and all problems of a component.
    pub(crate) fn check(&self, component: &[u8]) -> Report {
        self.check_and_compile(component).0
    }

    /// Like [`ChildCompiler::check`], with the code of this machine if the component can be compiled.
    pub(crate) fn check_and_compile(&self, component: &[u8]) -> (Report, Option<Vec<u8>>) {
        let mut code = None;
        let report = self.sandbox.check_compiled_by(component, || {
            let mut compiler = self.command(Target::ThisMachine)?;
            compiler.arg("--unchecked");
            let compiled = compile(compiler, component, LIMITS)?;
            code = Some(compiled.clone());
            Ok(compiled)
        });
        (report, code)
    }

    /// Loads a component, and samples where it spends its time.
    pub(crate) fn load_profiled(
        &self,
        id: FunctionId,
        component: &[u8],
    ) -> Result<(Arc<dyn Function>, Profiling), FunctionError> {
        let code = self.compile(&id, component, Target::ThisMachine)?;
        // As in `load`.
        self.sandbox.load_profiled(id, Code::AheadOfTime(TrustedCode::vouch_for(&code)))
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

    fn package(&self, component: &[u8]) -> Package {
        self.sandbox.package(component)
    }

    fn compile(&self, id: &FunctionId, component: &[u8], target: Target) -> Result<Vec<u8>, FunctionError> {
        self.command(target).and_then(|compiler| compile(compiler, component, LIMITS)).map_err(|cause| FunctionError {
            function: id.clone(),
            phase: FailurePhase::Load,
            cause,
        })
    }

    fn load(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, FunctionError> {
        match code {
            Code::AheadOfTime(_) => self.sandbox.load(id, code),
            Code::Component(component) => {
                let code = self.compile(&id, component, Target::ThisMachine)?;
                // The code was compiled by this same program, and came through a pipe.
                self.sandbox.load(id, Code::AheadOfTime(TrustedCode::vouch_for(&code)))
            }
        }
    }
}

fn unavailable(error: io::Error) -> Cause {
    Cause::unavailable(anyhow::Error::new(error).context("cannot run the compiler"))
}

/// Runs a compiler that reads a component from standard input and writes code to standard output.
fn compile(mut compiler: Command, component: &[u8], limits: Limits) -> Result<Vec<u8>, Cause> {
    let compiler = compiler.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = compiler.spawn().map_err(unavailable)?;
    let output = exchange(&mut child, component, Duration::from_secs(limits.seconds));
    if output.is_none() {
        // It may have ended in the meantime.
        let _ = child.kill();
    }
    let status = child.wait().map_err(unavailable)?;
    match output {
        None => Err(Cause::Unusable(format!("compilation timed out after {} s", limits.seconds))),
        Some((code, _)) if status.success() => Ok(code),
        Some((_, message)) => Err(Cause::Unusable(failure_reason(status, &message, limits))),
    }
}

/// Sends the component. Returns standard output and standard error, or `None` on a timeout.
fn exchange(child: &mut Child, component: &[u8], time: Duration) -> Option<(Vec<u8>, String)> {
    let mut stdin = child.stdin.take().expect("it is piped");
    let mut stdout = child.stdout.take().expect("it is piped");
    let mut stderr = child.stderr.take().expect("it is piped");
    let component = component.to_vec();
    let (sender, receiver) = mpsc::channel();
    // One thread for each pipe, so that a full pipe cannot block the others. They end with the child.
    thread::spawn(move || {
        // A child that stops reading reports why on standard error.
        let _ = stdin.write_all(&component);
    });
    let message = thread::spawn(move || {
        let mut message = Vec::new();
        let _ = stderr.read_to_end(&mut message);
        String::from_utf8_lossy(&message).trim().to_owned()
    });
    thread::spawn(move || {
        let mut code = Vec::new();
        // If the code is truncated, the exit status reports a failure.
        let _ = stdout.read_to_end(&mut code);
        let _ = sender.send(code);
    });
    match receiver.recv_timeout(time) {
        Ok(code) => Some((code, message.join().unwrap_or_default())),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
    }
}

fn failure_reason(status: ExitStatus, message: &str, limits: Limits) -> String {
    // Exit code 1 comes with a message. A child that was killed has none.
    if status.code() == Some(1) {
        return message.to_owned();
    }
    let Limits { seconds, mebibytes } = limits;
    format!("compilation failed ({status}); its limits are {mebibytes} MiB of memory and {seconds} s")
}

/// The child process: reads a component, writes its code.
pub(crate) fn run_child(arguments: &Arguments) -> Result<Outcome> {
    let Arguments { limits, target, unchecked, debug_info } = *arguments;
    limit_this_process(limits).context("cannot set the compiler's resource limits")?;
    let mut component = Vec::new();
    io::stdin().lock().read_to_end(&mut component).context("cannot read the component")?;
    // It does not run the component, so it needs no more than one instance slot.
    let limits = quidditch_sandbox::SandboxLimits { instances: 1, ..Default::default() };
    let sandbox = if debug_info { Sandbox::with_debug_info(limits, None)? } else { Sandbox::new(limits, None)? };
    let target = target.unwrap_or(Target::ThisMachine);
    let compiled = if unchecked {
        sandbox.precompile(&component, target)
    } else {
        sandbox.compile(&FunctionId::new("", ""), &component, target).map_err(|error| error.cause)
    };
    match compiled {
        Ok(code) => {
            let mut out = io::stdout().lock();
            out.write_all(&code)?;
            out.flush()?;
            Ok(Outcome::Done)
        }
        Err(cause) => {
            eprintln!("{:#}", anyhow::Error::new(cause));
            Ok(Outcome::Failed)
        }
    }
}

/// Limits data instead of address space: the sandbox reserves far more addresses than it uses.
#[cfg(unix)]
fn limit_this_process(limits: Limits) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let at_most = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::Data, at_most(limits.mebibytes << 20))?;
    // CPU time is the sum over all threads. The parent enforces the wall-clock limit.
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    setrlimit(Resource::Cpu, at_most(limits.seconds * threads))?;
    // A compiler that runs out of memory aborts; do not write a core dump.
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

    fn error(program: &str, seconds: u64) -> String {
        compile_with(program, seconds).expect_err("refused").to_string()
    }

    #[test]
    fn the_output_of_the_compiler_is_the_code() {
        assert_eq!(compile_with("cat", 60).expect("compiled"), b"component");
    }

    #[test]
    fn the_message_of_the_compiler_is_the_error() {
        assert_eq!(error("echo bad component >&2; exit 1", 60), "bad component");
    }

    #[test]
    fn a_slow_compiler_is_killed() {
        // `exec`, so that the process that is killed is the one that holds the pipes.
        assert_eq!(error("exec sleep 600", 0), "compilation timed out after 0 s");
    }

    #[test]
    fn a_killed_compiler_is_an_error() {
        insta::assert_snapshot!(
            error("echo half; kill -9 $$", 60),
            @"compilation failed (signal: 9 (SIGKILL)); its limits are 1 MiB of memory and 60 s"
        );
    }
}
