//! A store in memory, the time, and a loader of functions that are texts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::executor::block_on;
use quidditch_clock::ManualClock;
use quidditch_function::{
    About, Argument, BoundFilter, BoundScorer, Budget, Cause, Code, FailurePhase, Function, FunctionError, FunctionId,
    Loader, Metadata, Package, Parameter, ParameterKind, Role, Target, Value,
};
use quidditch_registry::{Registry, Settings};
use quidditch_storage::{Counting, MemoryStorage, Precondition, Storage};

/// Makes functions whose summary is their component. Rejects components that begin with `bad`.
pub(crate) struct FakeLoader {
    pub(crate) compatibility: &'static str,
    pub(crate) target: Target,
    pub(crate) can_compile: bool,
    /// The calls so far.
    pub(crate) calls: Mutex<Vec<&'static str>>,
}

impl FakeLoader {
    pub(crate) fn new() -> Self {
        FakeLoader { compatibility: "0a", target: Target::ThisMachine, can_compile: true, calls: Mutex::default() }
    }

    pub(crate) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.calls.lock().expect("not poisoned"))
    }

    fn called(&self, call: &'static str) {
        self.calls.lock().expect("not poisoned").push(call);
    }
}

struct FakeFunction(Metadata);

impl Loader for FakeLoader {
    fn target(&self) -> Target {
        self.target
    }

    fn compatibility(&self, target: Target) -> String {
        match target {
            Target::ThisMachine => self.compatibility.to_owned(),
            named => format!("{named}-{}", self.compatibility),
        }
    }

    fn can_compile(&self) -> bool {
        self.can_compile
    }

    fn package(&self, _: &[u8]) -> Package {
        let about = About { authors: Some("A".to_owned()), revision: Some("0a1b".to_owned()), ..About::default() };
        Package { about, ..Package::default() }
    }

    fn compile(&self, id: &FunctionId, component: &[u8], _: Target) -> Result<Vec<u8>, FunctionError> {
        self.called("compile");
        if component.starts_with(b"bad") {
            let cause = Cause::Unusable("it is bad".to_owned());
            return Err(FunctionError { function: id.clone(), phase: FailurePhase::Load, cause });
        }
        Ok([b"code of ", component].concat())
    }

    fn load(&self, id: FunctionId, code: Code<'_>) -> Result<Arc<dyn Function>, FunctionError> {
        let text = match code {
            Code::Component(bytes) => {
                self.called("load component");
                bytes
            }
            Code::AheadOfTime(code) => {
                self.called("load code");
                code.bytes().strip_prefix(b"code of ").expect("code that `compile` gave")
            }
        };
        let parameter = Parameter {
            name: "limit".to_owned(),
            kind: ParameterKind::Integer,
            required: false,
            default: Some(Value::Integer(7)),
            summary: "how far".to_owned(),
        };
        let summary = String::from_utf8(text.to_vec()).expect("the tests publish texts");
        let metadata = Metadata { id, summary, parameters: vec![parameter], roles: Role::Filter.into(), memory_mib: 0 };
        Ok(Arc::new(FakeFunction(metadata)))
    }
}

impl Function for FakeFunction {
    fn metadata(&self) -> &Metadata {
        &self.0
    }

    fn bind_filter(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        unreachable!("a registry binds nothing")
    }

    fn bind_scorer(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        unreachable!("a registry binds nothing")
    }
}

/// A store that several registries share, and the time, which passes only when a test says so.
pub(crate) struct World {
    pub(crate) storage: Arc<Counting>,
    pub(crate) clock: Arc<ManualClock>,
}

impl World {
    pub(crate) fn new() -> Self {
        World { storage: Arc::new(Counting::new(Arc::new(MemoryStorage::new()))), clock: Arc::default() }
    }

    pub(crate) fn registry(&self, loader: &Arc<FakeLoader>, settings: Settings) -> Registry {
        Registry::new(
            Arc::clone(&self.storage) as Arc<dyn Storage>,
            Arc::clone(loader) as Arc<dyn Loader>,
            settings,
            self.clock.clone(),
        )
    }

    /// As in a process of its own.
    pub(crate) fn other(&self) -> Registry {
        self.registry(&Arc::new(FakeLoader::new()), Settings::default())
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Keys of one function that end with `suffix`.
    pub(crate) fn keys(&self, suffix: &str) -> Vec<String> {
        let entries = block_on(self.storage.list("functions/")).expect("memory does not fail");
        entries.into_iter().map(|entry| entry.key).filter(|key| key.ends_with(suffix)).collect()
    }

    /// The keys and contents of all objects.
    pub(crate) fn objects(&self) -> Vec<(String, Bytes)> {
        let read = |key: String| {
            let object = block_on(self.storage.get(&key)).expect("it is there");
            (key, object.bytes)
        };
        self.keys("").into_iter().map(read).collect()
    }

    /// Puts the bytes of one object in the place of another.
    pub(crate) fn copy(&self, from: &str, to: &str) {
        let object = block_on(self.storage.get(from)).expect("it is there");
        block_on(self.storage.put(to, object.bytes, Precondition::None)).expect("memory does not fail");
    }

    pub(crate) fn overwrite(&self, key: &str, bytes: &'static [u8]) {
        block_on(self.storage.put(key, bytes.into(), Precondition::None)).expect("memory does not fail");
    }
}
