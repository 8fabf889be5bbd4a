//! Reads the documents that queries name to use their values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::try_join_all;
use quidditch_index::{Aliases, Cost, Damage, IndexError, Snapshot};
use serde_json::{Map, Value as Json};

use crate::Error;
use crate::engine::Engine;
use crate::lookups::{DocumentLookup, LookedUp, MissingIndex};

impl Engine {
    /// Reads the documents that a request names, all at once. Other indices are opened as they are now.
    ///
    /// # Errors
    /// [`IndexError::NotFound`] for an index that does not exist, unless that is accepted; [`Error::Argument`] for an alias of several
    /// indices; and as [`Engine::document`].
    pub(crate) async fn look_up(
        &self,
        snapshot: &Snapshot,
        lookups: &[DocumentLookup],
        cost: &Arc<Cost>,
    ) -> Result<LookedUp, Error> {
        let others: BTreeSet<&str> = lookups
            .iter()
            .filter_map(|lookup| lookup.index.as_deref())
            .filter(|name| *name != snapshot.name())
            .collect();
        let opening = others.into_iter().map(async |name| Ok::<_, Error>((name, open(snapshot, name, cost).await?)));
        let opened: BTreeMap<&str, Option<Snapshot>> = try_join_all(opening).await?.into_iter().collect();
        let reading = lookups.iter().map(async |lookup| -> Result<Option<Map<String, Json>>, Error> {
            let index = match lookup.index.as_deref().and_then(|name| Some((name, opened.get(name)?))) {
                None => snapshot,
                Some((_, Some(other))) => other,
                Some((_, None)) if lookup.missing_index == MissingIndex::HasNoDocuments => return Ok(None),
                Some((name, None)) => return Err(IndexError::NotFound { name: name.to_owned() }.into()),
            };
            let Some(document) = self.document(index, &lookup.id, cost).await? else { return Ok(None) };
            match serde_json::from_str(&document.source) {
                Ok(source) => Ok(Some(source)),
                Err(error) => {
                    let what = format!("the source of document {:?} is not JSON", lookup.id);
                    Err(IndexError::damaged(index.name(), Damage::unparsable(what, error)).into())
                }
            }
        });
        Ok(LookedUp::new(try_join_all(reading).await?))
    }
}

/// Opens the index of a name, or the only one of an alias, in the store of another index; `None` if there is none.
async fn open(snapshot: &Snapshot, name: &str, cost: &Cost) -> Result<Option<Snapshot>, Error> {
    let reader = snapshot.reader();
    match Snapshot::open(reader, name, cost).await {
        Err(IndexError::NotFound { .. }) => {}
        Err(IndexError::InvalidName { .. }) => return Ok(None),
        opened => return Ok(Some(opened?)),
    }
    let (aliases, _) = Aliases::read(reader.storage()).await?;
    let indices: Vec<&String> = aliases.indices(name).into_iter().flat_map(BTreeMap::keys).collect();
    match indices[..] {
        [] => Ok(None),
        [index] => Ok(Some(Snapshot::open(reader, index, cost).await?)),
        _ => Err(Error::Argument(format!(
            "alias [{name}] has more than one index associated with it {indices:?}, can't execute a single index op"
        ))),
    }
}
