//! The answers of aggregations, with what they have to know in addition to the results: backgrounds of significant terms.

use std::collections::BTreeSet;
use std::sync::Arc;

use quidditch_index::{ReadSession, SnapshotDocument};
use tantivy::DocAddress;

use crate::Error;
use crate::aggregations::{Answers, Known, Missing};
use crate::engine::Engine;
use crate::fetch::fetch_ahead;
use crate::partial::PartialResult;
use crate::resolved_request::Plan;
use crate::searched_index::SearchedIndex;

impl Engine {
    /// The complete results of the aggregations of indices that were searched; `None` if the request has none. `plan` is that of one
    /// of the indices. The result keeps what the aggregations found only if that must be compared with a background.
    pub(crate) async fn answers<'p>(
        &self,
        indices: &[SearchedIndex<'_, '_>],
        plan: &'p Plan,
        result: &mut PartialResult,
        reads: &ReadSession,
    ) -> Result<Option<Answers<'p>>, Error> {
        let Some(first) = indices.first() else { return Ok(None) };
        let mut known = Arc::<Known>::default();
        loop {
            // Without backgrounds, nothing is missing, and this is done once.
            let found = if plan.backgrounds.is_empty() { result.take_aggregations() } else { result.aggregations() };
            let (answers, missing) = self.answer_aggregations(first.resolved, plan, found, &known)?;
            if missing.is_empty() {
                return Ok(answers);
            }
            drop(answers);
            self.learn(indices, &missing, Arc::make_mut(&mut known), reads).await?;
        }
    }

    /// Finds out what is missing.
    async fn learn(
        &self,
        indices: &[SearchedIndex<'_, '_>],
        missing: &Missing,
        known: &mut Known,
        reads: &ReadSession,
    ) -> Result<(), Error> {
        for (number, documents) in missing.documents() {
            for index in indices {
                self.read_texts(index, *number, documents, known, reads).await?;
            }
        }
        for (number, terms) in missing.terms() {
            for index in indices {
                let SearchedIndex { resolved, dry_run, view, plan, .. } = index;
                let counts = reads
                    .run(|| {
                        resolved.progress.restart();
                        plan.backgrounds[number].count(&self.scope(resolved, dry_run, view, reads), terms)
                    })
                    .await?;
                known.add_counts(*number, counts);
            }
        }
        Ok(())
    }

    /// Analyzes the texts of those documents that are of an index.
    async fn read_texts(
        &self,
        index: &SearchedIndex<'_, '_>,
        number: usize,
        documents: &BTreeSet<SnapshotDocument>,
        known: &mut Known,
        reads: &ReadSession,
    ) -> Result<(), Error> {
        let SearchedIndex { resolved, view, plan, first_split, .. } = *index;
        let Some(source) = plan.backgrounds[&number].texts() else { return Ok(()) };
        let splits = first_split..first_split + resolved.snapshot.splits();
        let own: Vec<(SnapshotDocument, Option<DocAddress>)> = documents
            .iter()
            .filter(|document| splits.contains(&document.split))
            .map(|document| {
                let of_index = SnapshotDocument { split: document.split - first_split, ..*document };
                (*document, view.address(of_index))
            })
            .collect();
        let addresses: Vec<DocAddress> = own.iter().filter_map(|(_, address)| *address).collect();
        fetch_ahead(&addresses, view, &resolved.progress, reads).await?;
        let analyzed = known.texts_mut(number);
        let mut reservation = resolved.aggregation_memory.reservation();
        let _entered = reads.enter();
        for (document, address) in own {
            resolved.progress.check_fetch_time()?;
            let stored = address.map(|address| view.stored(address)).transpose()?;
            // Nested objects have no source of their own, so that their texts do not count.
            let source_of_document = stored.as_ref().map(|stored| stored.source.as_str());
            let text = source_of_document.filter(|text| !text.is_empty()).unwrap_or("{}");
            source.analyze(resolved.snapshot, document, text, analyzed, &mut reservation)?;
        }
        resolved.progress.keep(reservation);
        Ok(())
    }
}
