//! Finds where nested objects are in their documents.

use quidditch_index::Mapping;
use tantivy::{DocId, SegmentReader};

use crate::Error;
use crate::nested::{NestedPlace, NestedScope, ScopeDocuments, block};
use crate::plan::Planner;

/// Finds the places of the objects of one scope.
#[derive(Debug)]
pub(crate) struct Places {
    /// From the scope of the objects to that of the index.
    levels: Vec<Level>,
}

/// The objects of one path, and the documents around them.
#[derive(Debug)]
struct Level {
    field: String,
    objects: ScopeDocuments,
    around: ScopeDocuments,
}

impl Places {
    /// Those of the scope that is planned for; `None` if it is not one of nested objects.
    pub(crate) fn plan_of_objects(planner: &Planner<'_>) -> Option<Self> {
        let scope = planner.scope.get();
        matches!(scope, NestedScope::Objects(_)).then(|| Self::plan(scope, planner))
    }

    pub(crate) fn plan(scope: NestedScope, planner: &Planner<'_>) -> Self {
        let mut levels = Vec::new();
        let mut scope = scope;
        while let Some(around) = scope.around(planner.mapping()) {
            levels.push(Level {
                field: path_within(planner.mapping(), scope, around),
                objects: planner.scope_documents(scope),
                around: planner.scope_documents(around),
            });
            scope = around;
        }
        Places { levels }
    }

    /// The document of the index that an object is in, and where.
    pub(crate) fn of(&self, segment: &SegmentReader, object: DocId) -> Result<(DocId, Option<NestedPlace>), Error> {
        let (mut doc, mut place) = (object, None);
        for level in &self.levels {
            let around = level.around.of(segment)?;
            let parent = around.at_or_after(doc).unwrap_or(doc);
            let before = block(&around, parent).start..doc;
            let offset = level.objects.of(segment)?.in_range(before).count();
            place = Some(NestedPlace { field: level.field.clone(), offset, inside: place.map(Box::new) });
            doc = parent;
        }
        Ok((doc, place))
    }
}

/// The names of the objects from the path of one scope to that of another inside of it.
fn path_within(mapping: &Mapping, scope: NestedScope, around: NestedScope) -> String {
    let path = scope.path(mapping).unwrap_or_default();
    let inside = around.path(mapping).and_then(|outer| path.strip_prefix(outer)?.strip_prefix('.'));
    inside.unwrap_or(path).to_owned()
}
