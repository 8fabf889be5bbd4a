//! Binding: finds the function of a call or compiles its script, checks the call against the function's metadata, and binds the
//! function to its arguments.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_expression::{Language, Script, ScriptLimits};
use quidditch_function::{
    Cause, Function, FunctionId, FunctionResolver, ParameterKind, Role, arguments_from_json, name_and_version,
};
use quidditch_index::Mapping;
use serde_json::{Map, Value as Json};

use crate::Error;
use crate::functions::{
    BoundCall, CalledFunction, FilterFunction, FunctionCall, ScorerFunction, ScriptFields, Shared, ValuesFunction,
};

/// Binds the functions of one request.
pub(crate) struct Binder<'a> {
    pub(crate) functions: &'a dyn FunctionResolver,
    pub(crate) shared: &'a Shared,
    pub(crate) mapping: &'a Mapping,
    pub(crate) clock: &'a Arc<dyn Clock>,
}

impl Binder<'_> {
    pub(crate) async fn bind(&self, call: &FunctionCall) -> Result<BoundCall, Error> {
        // The parameters of a script are constants in it, and not arguments of the compiled function.
        let no_arguments = Map::new();
        let (function, parameters) = match &call.function {
            CalledFunction::Published { name, version } => {
                let function = self.functions.find(name, version.as_deref()).await.map_err(Error::Function)?;
                (function, &call.parameters)
            }
            CalledFunction::Script { language, source } => (self.compile(*language, source, call)?, &no_arguments),
            CalledFunction::Stored { id } => match self.functions.script(id).await.map_err(Error::Function)? {
                Some(stored) => {
                    let Some(language) = Language::from_name(&stored.lang) else {
                        let reason = format!("the stored script [{id}] has the unknown language [{}]", stored.lang);
                        return Err(Error::binding(&FunctionId::new(id.as_str(), ""), Cause::Unusable(reason)));
                    };
                    (self.compile(language, &stored.source, call)?, &no_arguments)
                }
                None => {
                    let (name, version) = name_and_version(id);
                    (self.functions.find(name, version).await.map_err(Error::Function)?, &call.parameters)
                }
            },
        };
        self.bind_function(function, call.role, parameters)
    }

    fn compile(&self, language: Language, source: &str, call: &FunctionCall) -> Result<Arc<dyn Function>, Error> {
        let script = Script { language, source, params: &call.parameters };
        let fields = ScriptFields(self.mapping);
        script.compile(call.role, &fields, self.clock, ScriptLimits::default()).map_err(Error::Function)
    }

    fn bind_function(
        &self,
        function: Arc<dyn Function>,
        role: Role,
        parameters: &Map<String, Json>,
    ) -> Result<BoundCall, Error> {
        let Binder { shared, mapping, .. } = self;
        let metadata = function.metadata();
        let refuse = |cause: Cause| Error::binding(&metadata.id, cause);
        if !metadata.roles.contains(role) {
            return Err(refuse(Cause::missing_role(role)));
        }
        let arguments = arguments_from_json(&metadata.parameters, parameters)
            .map_err(|error| refuse(Cause::InvalidArgument(error.to_string())))?;
        for parameter in metadata.parameters.iter().filter(|parameter| parameter.kind == ParameterKind::Field) {
            let field = parameters.get(&parameter.name).and_then(Json::as_str);
            if let Some(field) = field.filter(|field| mapping.field(field).is_none()) {
                let reason = format!("parameter [{}] names the unknown field [{field}]", parameter.name);
                return Err(refuse(Cause::InvalidArgument(reason)));
            }
        }
        Ok(match role {
            Role::Filter => BoundCall::Filter(Arc::new(FilterFunction::new(function, arguments, shared, mapping)?)),
            Role::Scorer => BoundCall::Scorer(Arc::new(ScorerFunction::new(function, arguments, shared, mapping)?)),
            Role::Values => BoundCall::Values(Arc::new(ValuesFunction::new(function, arguments, shared, mapping)?)),
        })
    }
}
