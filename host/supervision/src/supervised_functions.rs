//! Finds functions whose calls are watched.

use std::sync::Arc;

use async_trait::async_trait;
use quidditch_function::{Function, FunctionError, FunctionResolver, StoredScript};

use crate::supervised_function::SupervisedFunction;
use crate::supervisor::Supervisor;

/// Finds the functions of another resolver, and has a supervisor watch their calls.
pub struct SupervisedFunctions {
    inner: Arc<dyn FunctionResolver>,
    supervisor: Arc<Supervisor>,
}

impl SupervisedFunctions {
    /// Watches the functions of `inner`.
    pub fn new(inner: Arc<dyn FunctionResolver>, supervisor: Arc<Supervisor>) -> Self {
        SupervisedFunctions { inner, supervisor }
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionResolver for SupervisedFunctions {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        let function = self.inner.find(name, version).await?;
        let version = self.supervisor.version(&function.metadata().id);
        Ok(Arc::new(SupervisedFunction::new(function, version)))
    }

    async fn script(&self, id: &str) -> Result<Option<StoredScript>, FunctionError> {
        self.inner.script(id).await
    }
}
