//! Binding: finds the function of a call or compiles its script, checks the call against the function's metadata, and binds the
//! function to its arguments.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_expression::{EmittedKind, Language, Script, ScriptLimits, ValuesOf};
use quidditch_function::{
    Argument, Cause, ColumnKind, Function, FunctionError, FunctionId, FunctionResolver, Metadata, ParameterKind, Role,
    StoredScript, arguments_from_json, name_and_version,
};
use quidditch_index::Mapping;
use serde_json::{Map, Value as Json};

use crate::error::{Error, ScriptPlace};
use crate::functions::{
    AggregationValues, BoundCall, CalledFunction, CurrentField, FilterFunction, FunctionCall, FunctionFields,
    NamedFunction, OnError, ScorerFunction, ScriptFields, ScriptSource, Shared, UnavailableFunction, ValuesFor,
    ValuesFunction, WASM,
};

/// Binds the functions of one request.
pub(crate) struct Binder<'a> {
    pub(crate) functions: &'a dyn FunctionResolver,
    pub(crate) shared: &'a Shared,
    pub(crate) mapping: &'a Mapping,
    /// The name of the index.
    pub(crate) index: &'a str,
    pub(crate) clock: &'a Arc<dyn Clock>,
}

/// What is stored under an id.
enum Stored {
    Script(ScriptSource),
    /// The name of a published function, perhaps with a version.
    Function(String),
}

/// What is stored under an id; `None` if there is nothing.
async fn find_stored(functions: &dyn FunctionResolver, id: &str) -> Result<Option<Stored>, Error> {
    let Some(StoredScript { lang, source, .. }) = functions.script(id).await.map_err(Error::Function)? else {
        return Ok(None);
    };
    if lang == WASM {
        return Ok(Some(Stored::Function(source)));
    }
    match Language::from_name(&lang) {
        Some(language) => Ok(Some(Stored::Script(ScriptSource { language, source }))),
        None => Err(unusable(id, format!("the stored script [{id}] has the unknown language [{lang}]"))),
    }
}

/// The script that is stored under an id, where no function can be.
pub(crate) async fn find_stored_script(functions: &dyn FunctionResolver, id: &str) -> Result<ScriptSource, Error> {
    match find_stored(functions, id).await? {
        Some(Stored::Script(script)) => Ok(script),
        Some(Stored::Function(function)) => {
            let reason = format!("the stored script [{id}] is the function [{function}], which cannot be called here");
            Err(unusable(id, reason))
        }
        None => Err(Error::UnknownScript {
            place: ScriptPlace::Elsewhere,
            reason: format!("unable to find script [{id}] in cluster state: no stored script has this id"),
        }),
    }
}

fn unusable(id: &str, reason: String) -> Error {
    Error::binding(&FunctionId::new(id, ""), Cause::Unusable(reason))
}

/// The template that is stored under an id.
pub(crate) async fn find_stored_template(functions: &dyn FunctionResolver, id: &str) -> Result<String, Error> {
    match functions.script(id).await.map_err(Error::Function)? {
        Some(stored) if stored.lang == "mustache" => Ok(stored.source),
        Some(stored) => {
            let reason = format!("the stored script [{id}] is not a template: its language is [{}]", stored.lang);
            Err(Error::shard_argument(reason))
        }
        None => Err(Error::UnknownScript {
            place: ScriptPlace::Elsewhere,
            reason: format!("unable to find script [{id}] in cluster state: no stored template has this id"),
        }),
    }
}

/// The error that neither a stored script nor a published function has an id.
fn unknown_script(id: &str, path: &str, error: FunctionError) -> Error {
    let Cause::NotFound(reason) = &error.cause else { return Error::Function(error) };
    Error::UnknownScript {
        place: ScriptPlace::of_path(path),
        reason: format!("unable to find script [{id}] in cluster state: {reason}"),
    }
}

impl Binder<'_> {
    /// Binds the function of a call. Where the call tolerates that it cannot be called, the result is a function that always fails.
    pub(crate) async fn bind(&self, call: &FunctionCall) -> Result<BoundCall, Error> {
        match self.find_and_bind(call).await {
            Err(Error::Function(error)) if call.on_error != OnError::Fail && !error.is_mistake_of_caller() => {
                let function = UnavailableFunction::new(error, call.role);
                Ok(BoundCall::unavailable(function, call, self.shared))
            }
            bound => bound,
        }
    }

    async fn find_and_bind(&self, call: &FunctionCall) -> Result<BoundCall, Error> {
        let function = match &call.function {
            CalledFunction::Published { name, version } => {
                let function = self.functions.find(name, version.as_deref()).await.map_err(Error::Function)?;
                return self.bind_published(function, call);
            }
            CalledFunction::Script { language, source } => {
                self.compile(*language, source, &call.parameters, call, call.values.as_ref())?
            }
            CalledFunction::Stored { id } => match find_stored(self.functions, id).await? {
                Some(Stored::Script(ScriptSource { language, source })) => {
                    self.compile(language, &source, &call.parameters, call, call.values.as_ref())?
                }
                Some(Stored::Function(function)) => {
                    let (name, version) = name_and_version(&function);
                    let function = self.functions.find(name, version).await.map_err(Error::Function)?;
                    return self.bind_published(function, call);
                }
                None => {
                    let (name, version) = name_and_version(id);
                    let found = self.functions.find(name, version).await;
                    let function = found.map_err(|error| unknown_script(id, &call.path, error))?;
                    return self.bind_published(function, call);
                }
            },
        };
        // The parameters of a script are constants in it, and not arguments of the compiled function.
        self.bind_arguments(function, call, Vec::new())
    }

    fn bind_published(&self, function: Arc<dyn Function>, call: &FunctionCall) -> Result<BoundCall, Error> {
        let metadata = function.metadata();
        if !metadata.roles.contains(call.role) {
            return Err(Error::binding(&metadata.id, Cause::missing_role(call.role)));
        }
        let arguments = self.arguments(metadata, call)?;
        if let Some(script) = function.script() {
            let compiled = self.compile_published(script, metadata, &arguments, call)?;
            return self.bind_arguments(function.around(compiled), call, Vec::new());
        }
        check_values(metadata, call)?;
        self.bind_arguments(function, call, arguments)
    }

    /// Compiles a published script. What it fails with names the script, as if it were in the request.
    fn compile_published(
        &self,
        script: &StoredScript,
        metadata: &Metadata,
        arguments: &[Argument],
        call: &FunctionCall,
    ) -> Result<Arc<dyn Function>, Error> {
        let Some(language) = Language::from_name(&script.lang) else {
            let reason = format!("it is a script in the unknown language [{}]", script.lang);
            return Err(Error::binding(&metadata.id, Cause::Unusable(reason)));
        };
        let params: Map<String, Json> =
            arguments.iter().map(|argument| (argument.name.clone(), argument.value.to_json())).collect();
        // An expression emits nothing: its value is that of the field.
        let returned = ValuesFor::Known(ValuesOf::Aggregation(ColumnKind::Floats));
        let values = match &call.values {
            Some(ValuesFor::Known(ValuesOf::Field(EmittedKind::Values(_)))) if language == Language::Expression => {
                Some(&returned)
            }
            values => values.as_ref(),
        };
        let compiled = self.compile(language, &script.source, &params, call, values)?;
        Ok(Arc::new(NamedFunction { metadata: metadata.clone(), function: compiled }))
    }

    fn compile(
        &self,
        language: Language,
        source: &str,
        params: &Map<String, Json>,
        call: &FunctionCall,
        values: Option<&ValuesFor>,
    ) -> Result<Arc<dyn Function>, Error> {
        let script = Script { language, source, params };
        let fields = ScriptFields { mapping: self.mapping, index: self.index, inputs: &call.inputs };
        let limits = ScriptLimits::default();
        let compiled = match values {
            None => script.compile(call.role, &fields, self.clock, limits),
            Some(ValuesFor::Known(values_of)) => script.compile_values(*values_of, &fields, self.clock, limits),
            Some(ValuesFor::Aggregation(values)) => {
                let (kind, current) = values.resolve(self.mapping)?;
                let fields = CurrentField { fields, current };
                script.compile_values(ValuesOf::Aggregation(kind), &fields, self.clock, limits)
            }
        };
        compiled.map_err(Error::Function)
    }

    /// The arguments that a call passes.
    fn arguments(&self, metadata: &Metadata, call: &FunctionCall) -> Result<Vec<Argument>, Error> {
        let FunctionCall { parameters, inputs, .. } = call;
        let refuse = |reason: String| Error::binding(&metadata.id, Cause::InvalidArgument(reason));
        let arguments =
            arguments_from_json(&metadata.parameters, parameters).map_err(|error| refuse(error.to_string()))?;
        for parameter in metadata.parameters.iter().filter(|parameter| parameter.kind == ParameterKind::Field) {
            let field = parameters.get(&parameter.name).and_then(Json::as_str);
            let is_unknown =
                |field: &str| self.mapping.field(field).is_none() && !inputs.iter().any(|input| input == field);
            if let Some(field) = field.filter(|field| is_unknown(field)) {
                return Err(refuse(format!("parameter [{}] names the unknown field [{field}]", parameter.name)));
            }
        }
        Ok(arguments)
    }

    fn bind_arguments(
        &self,
        function: Arc<dyn Function>,
        call: &FunctionCall,
        arguments: Vec<Argument>,
    ) -> Result<BoundCall, Error> {
        let (Binder { shared, mapping, .. }, FunctionCall { on_error, inputs, .. }) = (self, call);
        let (fields, on_error) = (FunctionFields { mapping, inputs }, *on_error);
        Ok(match call.role {
            Role::Filter => {
                let filter = FilterFunction::new(function, arguments, shared, fields, on_error)?;
                BoundCall::Filter(Arc::new(filter.cached(shared)))
            }
            Role::Scorer => {
                BoundCall::Scorer(Arc::new(ScorerFunction::new(function, arguments, shared, fields, on_error)?))
            }
            Role::Values => {
                BoundCall::Values(Arc::new(ValuesFunction::new(function, arguments, shared, fields, on_error)?))
            }
        })
    }
}

/// Whether what a component computes can be what the call is for.
fn check_values(metadata: &Metadata, call: &FunctionCall) -> Result<(), Error> {
    let refused = match &call.values {
        Some(ValuesFor::Known(ValuesOf::Field(EmittedKind::Latitudes | EmittedKind::Longitudes))) => {
            "only a script computes points"
        }
        Some(ValuesFor::Aggregation(AggregationValues { field: Some(_), .. })) => {
            "only a script computes with the values of a [field]: name the field in the parameters of the function"
        }
        _ => return Ok(()),
    };
    Err(Error::binding(&metadata.id, Cause::Unusable(refused.to_owned())))
}
