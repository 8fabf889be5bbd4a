//! Composing an app.

use std::collections::BTreeSet;
use std::error::Error;

use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::catalog::CATALOG;
use crate::dispatcher::{filter_import, scorer_import};
use crate::roles::{FILTER, LOG, Roles, SCORER, TYPES};
use crate::{BundleError, catalog, log, piece, search_component};

/// What the app answers.
const HANDLER: &str = "wasi:http/handler@0.3.0";

/// A published function.
#[derive(Debug, Clone)]
pub struct BundledFunction {
    /// Name and version.
    pub id: String,
    /// Its record, as it was published: JSON.
    pub record: String,
    /// The component.
    pub component: Vec<u8>,
}

/// An app of a search module, which `components/search` is built as, and these functions. None are fine, too.
///
/// The same parts give the same bytes.
///
/// # Errors
/// [`BundleError::App`] if `search` is something else; [`BundleError::Function`] if a component is no function;
/// [`BundleError::Twice`]; and [`BundleError::Composition`] if the parts are of versions that do not fit.
pub fn bundle(search: &[u8], functions: &[BundledFunction]) -> Result<Vec<u8>, BundleError> {
    let mut names = BTreeSet::new();
    let mut all_roles = Vec::with_capacity(functions.len());
    for function in functions {
        if !names.insert(&function.id) {
            return Err(BundleError::Twice { function: function.id.clone() });
        }
        let roles = Roles::of(&function.component);
        all_roles.push(roles.map_err(|reason| unusable(function, reason.into()))?);
    }
    let search = search_component::component(search, &all_roles)?;

    let mut composition = Composition::new().map_err(BundleError::Composition)?;
    let app = composition.app(search, functions)?;
    for (place, (function, roles)) in functions.iter().zip(all_roles).enumerate() {
        composition.function(app, place, function, roles).map_err(|source| unusable(function, source))?;
    }
    composition.finish(app)
}

fn unusable(function: &BundledFunction, source: Failure) -> BundleError {
    BundleError::Function { function: function.id.clone(), source }
}

/// An app, as far as it is composed.
struct Composition {
    graph: CompositionGraph,
    /// The instance that exports the types of the contract.
    types: NodeId,
}

type Failure = Box<dyn Error + Send + Sync>;

impl Composition {
    fn new() -> Result<Self, Failure> {
        let mut graph = CompositionGraph::new();
        let types = instance(&mut graph, "quidditch:types", piece::types()?)?;
        Ok(Composition { graph, types })
    }

    /// The search component, with all that it imports but the functions themselves.
    fn app(&mut self, component: Vec<u8>, functions: &[BundledFunction]) -> Result<NodeId, BundleError> {
        let records: Vec<&str> = functions.iter().map(|function| function.record.as_str()).collect();
        let catalog = catalog::component(&records).map_err(BundleError::Composition)?;
        let catalog = self.instance("quidditch:catalog", catalog).map_err(BundleError::Composition)?;
        let app = self.instance("quidditch:app", component).map_err(BundleError::App)?;
        self.satisfy(app, CATALOG, catalog).map_err(BundleError::App)?;
        // Nothing but functions is made of the contract's types.
        if !functions.is_empty() {
            self.satisfy(app, TYPES, self.types).map_err(BundleError::App)?;
        }
        Ok(app)
    }

    /// A function, linked to the app.
    fn function(&mut self, app: NodeId, place: usize, function: &BundledFunction, roles: Roles) -> Result<(), Failure> {
        let instance = self.instance(&format!("quidditch:function{place}"), function.component.clone())?;
        if roles.imports_types {
            self.satisfy(instance, TYPES, self.types)?;
        }
        if roles.imports_log {
            let log = self.instance(&format!("quidditch:log{place}"), log::component(&function.id)?)?;
            self.satisfy(instance, LOG, log)?;
        }
        if roles.filter {
            let filter = self.graph.alias_instance_export(instance, FILTER)?;
            self.graph.set_instantiation_argument(app, &filter_import(place), filter)?;
        }
        if roles.scorer {
            let scorer = self.graph.alias_instance_export(instance, SCORER)?;
            self.graph.set_instantiation_argument(app, &scorer_import(place), scorer)?;
        }
        Ok(())
    }

    fn instance(&mut self, name: &str, component: Vec<u8>) -> Result<NodeId, Failure> {
        instance(&mut self.graph, name, component)
    }

    /// Gives an instance the interface that another one exports under the same name.
    fn satisfy(&mut self, instance: NodeId, interface: &str, by: NodeId) -> Result<(), Failure> {
        let export = self.graph.alias_instance_export(by, interface)?;
        Ok(self.graph.set_instantiation_argument(instance, interface, export)?)
    }

    fn finish(mut self, app: NodeId) -> Result<Vec<u8>, BundleError> {
        let handler = self.graph.alias_instance_export(app, HANDLER).map_err(|error| BundleError::App(error.into()))?;
        self.graph.export(handler, HANDLER).map_err(|error| BundleError::Composition(error.into()))?;
        self.graph.encode(EncodeOptions::default()).map_err(|error| BundleError::Composition(error.into()))
    }
}

/// An instance of a component, which is known by a name of its own.
fn instance(graph: &mut CompositionGraph, name: &str, component: Vec<u8>) -> Result<NodeId, Failure> {
    let package = Package::from_bytes(name, None, component, graph.types_mut())?;
    let package = graph.register_package(package)?;
    Ok(graph.instantiate(package))
}
