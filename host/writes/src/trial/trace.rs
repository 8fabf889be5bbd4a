//! What a function receives of each document.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use quidditch_function::{
    Argument, Batch, BoundFilter, BoundScorer, BoundValues, Budget, Column, ColumnKind, ColumnRequest, Function,
    FunctionError, FunctionResolver, Metadata, StoredScript, Values,
};
use serde_json::Value as Json;

/// The values of each column that a function requested of a document, and the score so far under `_score` if it reads that.
pub type Inputs = Vec<(String, Json)>;

/// Functions whose inputs are recorded. The documents have a field with their numbers, which is requested in addition to the columns
/// of the function.
pub(super) struct TracedFunctions<'a> {
    functions: &'a dyn FunctionResolver,
    /// The field with the numbers of the documents.
    number: &'static str,
    inputs: Arc<Recorded>,
}

/// The inputs by the numbers of the documents.
type Recorded = Mutex<HashMap<u64, Inputs>>;

impl<'a> TracedFunctions<'a> {
    pub(super) fn new(functions: &'a dyn FunctionResolver, number: &'static str) -> Self {
        TracedFunctions { functions, number, inputs: Arc::default() }
    }

    /// What was recorded, by the numbers of the documents.
    pub(super) fn take_inputs(&self) -> HashMap<u64, Inputs> {
        std::mem::take(&mut self.inputs.lock().expect("recording does not panic"))
    }
}

#[async_trait]
impl FunctionResolver for TracedFunctions<'_> {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        let function = self.functions.find(name, version).await?;
        Ok(Arc::new(TracedFunction { function, number: self.number, inputs: Arc::clone(&self.inputs) }))
    }

    async fn script(&self, id: &str) -> Result<Option<StoredScript>, FunctionError> {
        self.functions.script(id).await
    }
}

struct TracedFunction {
    function: Arc<dyn Function>,
    number: &'static str,
    inputs: Arc<Recorded>,
}

impl TracedFunction {
    fn traced<T: ?Sized>(&self, bound: Box<T>, columns: &[ColumnRequest]) -> Traced<T> {
        let mut columns = columns.to_vec();
        columns.push(ColumnRequest { field: self.number.to_owned(), kind: ColumnKind::Integers });
        Traced { bound, columns, inputs: Arc::clone(&self.inputs) }
    }
}

impl Function for TracedFunction {
    fn metadata(&self) -> &Metadata {
        self.function.metadata()
    }

    fn script(&self) -> Option<&StoredScript> {
        self.function.script()
    }

    fn around(&self, compiled: Arc<dyn Function>) -> Arc<dyn Function> {
        let function = self.function.around(compiled);
        Arc::new(TracedFunction { function, number: self.number, inputs: Arc::clone(&self.inputs) })
    }

    fn digest(&self) -> Option<&str> {
        // Results that are kept would hide what the function receives.
        None
    }

    fn deprecation(&self) -> Option<&str> {
        self.function.deprecation()
    }

    fn bind_filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        let bound = self.function.bind_filter(arguments, budget)?;
        let columns = bound.columns().to_vec();
        Ok(Box::new(self.traced(bound, &columns)))
    }

    fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        let bound = self.function.bind_scorer(arguments, budget)?;
        let columns = bound.columns().to_vec();
        Ok(Box::new(self.traced(bound, &columns)))
    }

    fn bind_values(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        let bound = self.function.bind_values(arguments, budget)?;
        let columns = bound.columns().to_vec();
        Ok(Box::new(self.traced(bound, &columns)))
    }
}

/// A bound function whose inputs are recorded. It announces neither ranges nor bounds, so that it is called about every document.
struct Traced<T: ?Sized> {
    bound: Box<T>,
    /// Those of the function, and the number of the document.
    columns: Vec<ColumnRequest>,
    inputs: Arc<Recorded>,
}

impl<T: ?Sized> Traced<T> {
    /// Records the documents of a batch; returns the batch that the function requested.
    fn record(&self, batch: &Batch) -> Batch {
        let mut batch = batch.clone();
        let Some(Column { values: Values::Integers(numbers), .. }) = batch.columns.pop() else {
            unreachable!("the last column is the one that was added");
        };
        let mut inputs = self.inputs.lock().expect("recording does not panic");
        for (document, number) in numbers.into_iter().enumerate() {
            inputs.insert(number as u64, self.inputs_of(&batch, document));
        }
        batch
    }

    fn inputs_of(&self, batch: &Batch, document: usize) -> Inputs {
        let columns = self.columns.iter().zip(&batch.columns);
        let columns = columns.map(|(request, column)| (request.field.clone(), column.json(document)));
        let score = batch.scores.get(document).map(|score| ("_score".to_owned(), (*score).into()));
        columns.chain(score).collect()
    }
}

impl BoundFilter for Traced<dyn BoundFilter> {
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError> {
        let batch = self.record(batch);
        self.bound.keep(&batch, keep)
    }
}

impl BoundScorer for Traced<dyn BoundScorer> {
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn needs_score(&self) -> bool {
        self.bound.needs_score()
    }

    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError> {
        let batch = self.record(batch);
        self.bound.score(&batch, scores)
    }
}

impl BoundValues for Traced<dyn BoundValues> {
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn kind(&self) -> ColumnKind {
        self.bound.kind()
    }

    fn needs_score(&self) -> bool {
        self.bound.needs_score()
    }

    fn compute(&mut self, batch: &Batch, values: &mut Column) -> Result<(), FunctionError> {
        let batch = self.record(batch);
        self.bound.compute(&batch, values)
    }
}
