//! Comparing random requests to random indices.

use anyhow::{Result, bail};
use quidditch_tests::ScenarioIndex;
use serde_json::{Value as Json, json};

use crate::answer::{Answer, Body};
use crate::compare::{compare, without_defaults};
use crate::described::{is_described, undisputed};
use crate::difference::{Difference, Kind};
use crate::document::Members;
use crate::generate::{About, Request, SEARCHED_INDEX, World};
use crate::report::{Finding, Findings, FoundRequest};
use crate::scripts::{calls_functions, with_scripts};
use crate::server::{Call, Created, Server};
use crate::shrink::{shrink, smaller};
use crate::signature::{keys_of, values_of};

/// Requests to one index.
const REQUESTS: usize = 25;

/// The types of errors that are bugs of the other server.
const BUGS: [&str; 3] = ["array_index_out_of_bounds_exception", "class_cast_exception", "null_pointer_exception"];

/// Compares random requests.
pub(crate) struct RandomRun<'a> {
    pub(crate) ours: &'a dyn Server,
    pub(crate) theirs: &'a dyn Server,
    pub(crate) findings: Findings,
    pub(crate) compared: usize,
    /// Comparisons that found a difference.
    pub(crate) differing: usize,
    /// Comparisons in which both answered with the same error.
    pub(crate) refused: usize,
    /// Comparisons in which each named another one of the request's faults.
    pub(crate) other_fault: usize,
    /// Comparisons in which we refused a request at which they failed, or they have a bug.
    pub(crate) their_failure: usize,
    /// Comparisons that found a difference that docs/compatibility.md describes.
    pub(crate) described: usize,
}

/// What became of a request.
struct Compared {
    /// The first difference that is not described, or else the first.
    difference: Option<Difference>,
    ours: Answer,
    theirs: Answer,
}

impl Compared {
    /// Whether we refuse a request at which they fail, as it is the cause, or they have a bug.
    fn is_their_failure(&self) -> bool {
        let is_answer = matches!(self.theirs.body, Body::Json(_));
        self.theirs.status >= 500
            && (self.ours.status == 400 || !is_answer || BUGS.iter().any(|bug| self.theirs.outcome().contains(bug)))
    }
}

impl<'a> RandomRun<'a> {
    pub(crate) fn new(ours: &'a dyn Server, theirs: &'a dyn Server) -> Self {
        RandomRun {
            ours,
            theirs,
            findings: Findings::default(),
            compared: 0,
            differing: 0,
            refused: 0,
            other_fault: 0,
            their_failure: 0,
            described: 0,
        }
    }

    /// Compares `count` requests or more, to indices that follow from `seed` and the numbers after it.
    pub(crate) fn run(&mut self, count: usize, seed: u64, about: About) -> Result<()> {
        for seed in seed.. {
            if self.compared >= count {
                break;
            }
            self.round(World::new(seed, about), REQUESTS.min(count - self.compared), seed)?;
        }
        Ok(())
    }

    /// Compares requests to one index.
    fn round(&mut self, mut world: World, requests: usize, seed: u64) -> Result<()> {
        let mut index = world.index(&format!("random-{seed}"));
        let Some(both_accept) = self.create(&index, seed)? else { return Ok(()) };
        if both_accept != index.splits {
            // Compare what is left.
            self.delete(&index)?;
            index.splits = both_accept;
            if self.create(&index, seed)?.is_none_or(|accepted| accepted != index.splits) {
                bail!("seed {seed}: documents that were accepted are refused when they are added again");
            }
        }
        for _ in 0..requests {
            let request = world.request();
            self.compared += 1;
            self.check(&index, &request, seed)?;
        }
        self.compare_mappings(&index, seed)?;
        self.delete(&index)
    }

    /// Makes an index on both sides. Returns the documents that both accept; `None` if one refuses the mapping.
    fn create(&mut self, index: &ScenarioIndex, seed: u64) -> Result<Option<Vec<String>>> {
        let (ours, theirs) = (self.ours.create_index(index)?, self.theirs.create_index(index)?);
        match (ours, theirs) {
            (Created::Filled(ours), Created::Filled(theirs)) => {
                Ok(Some(self.accepted_by_both(index, &ours, &theirs, seed)?))
            }
            (Created::Refused(_), Created::Refused(_)) => Ok(None),
            (ours, theirs) => {
                for (server, created) in [(self.ours, &ours), (self.theirs, &theirs)] {
                    if matches!(created, Created::Filled(_)) {
                        server.delete_index(&index.name)?;
                    }
                }
                let text = |created: Created| match created {
                    Created::Refused(reason) => reason,
                    Created::Filled(_) => "accepted".to_owned(),
                };
                let (ours, theirs) = (text(ours), text(theirs));
                let difference = Difference { kind: Kind::Mapping, path: "mapping".to_owned(), ours, theirs };
                let index = ScenarioIndex { splits: Vec::new(), ..index.clone() };
                self.found(Finding { signature: "mapping".to_owned(), seed, difference, index, request: None });
                Ok(None)
            }
        }
    }

    fn delete(&self, index: &ScenarioIndex) -> Result<()> {
        self.ours.delete_index(&index.name)?;
        self.theirs.delete_index(&index.name)
    }

    /// Documents that neither side refuses, by split. What only one refuses is a finding.
    fn accepted_by_both(
        &mut self,
        index: &ScenarioIndex,
        ours: &[Option<String>],
        theirs: &[Option<String>],
        seed: u64,
    ) -> Result<Vec<String>> {
        let mut outcomes = ours.iter().zip(theirs);
        let mut accepted = Vec::new();
        for split in &index.splits {
            let mut kept = String::new();
            for document in split.lines() {
                match outcomes.next() {
                    Some((None, None)) => {
                        kept.push_str(document);
                        kept.push('\n');
                    }
                    Some((Some(_), Some(_))) => {}
                    _ => self.document_differs(index, document, seed)?,
                }
            }
            accepted.push(kept);
        }
        accepted.retain(|split| !split.is_empty());
        Ok(accepted)
    }

    /// Finds the member because of which only one side refuses a document.
    fn document_differs(&mut self, index: &ScenarioIndex, document: &str, seed: u64) -> Result<()> {
        let Members(members) = Members::parse(document)?;
        let alone = members.into_iter().filter(|(key, _)| key != "_id").map(|member| Members(vec![member]).to_string());
        let documents: Vec<String> = alone.collect();
        let index = ScenarioIndex { name: format!("{}-members", index.name), splits: documents, ..index.clone() };
        let (ours, theirs) = (self.ours.create_index(&index)?, self.theirs.create_index(&index)?);
        self.delete(&index)?;
        let (Created::Filled(ours), Created::Filled(theirs)) = (ours, theirs) else { return Ok(()) };
        for ((document, ours), theirs) in index.splits.iter().zip(ours).zip(theirs) {
            if ours.is_some() == theirs.is_some() {
                continue;
            }
            let side = if ours.is_some() { "only we refuse" } else { "only they refuse" };
            let text = |outcome: Option<String>| outcome.unwrap_or_else(|| "accepted".to_owned());
            let (ours, theirs) = (text(ours), text(theirs));
            let difference = Difference { kind: Kind::Document, path: document.clone(), ours, theirs };
            if is_described(&difference, &Json::Null) {
                continue;
            }
            let signature = format!("document: {side} {}", values_of(document));
            let index = ScenarioIndex { splits: vec![format!("{document}\n")], ..index.clone() };
            self.found(Finding { signature, seed, difference, index, request: None });
        }
        Ok(())
    }

    fn compare(&self, index: &str, route: &str, body: &Json) -> Result<Compared> {
        let call = |body: &Json| {
            let body = body.to_string().replace(SEARCHED_INDEX, index);
            Call { path: format!("/{index}/{route}"), ..Call::search(index, body) }
        };
        let ours = self.ours.send(&call(body))?;
        let theirs = self.theirs.send(&call(&with_scripts(body)))?;
        let mut differences = compare(&ours, &theirs);
        // One that is described must not hide another.
        let first = differences.iter().position(|difference| !is_described(difference, body)).unwrap_or(0);
        let difference = (first < differences.len()).then(|| differences.swap_remove(first));
        Ok(Compared { difference, ours, theirs })
    }

    fn check(&mut self, index: &ScenarioIndex, request: &Request, seed: u64) -> Result<()> {
        let Request { route, body } = request;
        let compared = self.compare(&index.name, route, body)?;
        if compared.is_their_failure() {
            self.their_failure += 1;
            return Ok(());
        }
        let Some(difference) = compared.difference else {
            self.refused += usize::from(compared.theirs.is_error());
            return Ok(());
        };
        let is_same = |found: Option<Difference>| found.is_some_and(|found| found.kind == difference.kind);
        let body = shrink(body, |smaller| Ok(is_same(self.compare(&index.name, route, smaller)?.difference)))?;
        let faults: &[&String] = match &difference.kind {
            Kind::Error { ours, theirs } => &[ours, theirs],
            // A clause next to one that matches nothing, at which they do not look.
            Kind::Status { ours, theirs } if theirs == "ok" => &[ours],
            _ => &[],
        };
        if !faults.is_empty() && self.both_name(&index.name, route, &body, faults)? {
            self.other_fault += 1;
            return Ok(());
        }
        let smallest = self.compare(&index.name, route, &body)?.difference;
        let shown = smallest.as_ref().unwrap_or(&difference);
        if is_described(shown, &body) || self.agrees_apart_from(&index.name, route, &body, shown)? {
            self.described += 1;
            return Ok(());
        }
        self.differing += 1;
        let signature = format!("{}: {}", difference.kind, keys_of(&body));
        if !self.findings.count(&signature) {
            return Ok(());
        }
        let index = self.with_fewer_documents(index, |run, index| {
            Ok(is_same(run.compare(&index.name, route, &body)?.difference))
        })?;
        self.create_quietly(&index)?;
        let found = self.compare(&index.name, route, &body)?;
        self.delete(&index)?;
        let painless = calls_functions(&body).then(|| with_scripts(&body));
        let request = Some(FoundRequest { route: route.clone(), body, painless, their_answer: found.theirs });
        let difference = found.difference.or(smallest).unwrap_or(difference);
        self.findings.add(Finding { signature, seed, difference, index, request });
        Ok(())
    }

    /// Whether the servers agree about the request without what a difference is described for.
    fn agrees_apart_from(&self, index: &str, route: &str, body: &Json, difference: &Difference) -> Result<bool> {
        let Some(changed) = undisputed(difference, body) else { return Ok(false) };
        Ok(self.compare(index, route, &changed)?.difference.is_none())
    }

    /// Whether both servers name each of these faults in some smaller request. Which of several faults a server finds first, or
    /// finds at all where a query cannot match, follows from how it is built.
    fn both_name(&self, index: &str, route: &str, body: &Json, faults: &[&String]) -> Result<bool> {
        let mut left = faults.to_vec();
        for smaller in smaller(body) {
            let compared = self.compare(index, route, &smaller)?;
            if compared.difference.is_none() && compared.theirs.is_error() {
                let outcome = compared.theirs.outcome();
                left.retain(|fault| **fault != outcome);
            }
            if left.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The index with as few documents and splits as possible, under another name. It does not exist afterwards.
    fn with_fewer_documents(
        &self,
        index: &ScenarioIndex,
        holds: impl Fn(&Self, &ScenarioIndex) -> Result<bool>,
    ) -> Result<ScenarioIndex> {
        let holds = |index: &ScenarioIndex| {
            self.create_quietly(index)?;
            let holds = holds(self, index)?;
            self.delete(index)?;
            anyhow::Ok(holds)
        };
        let mut smallest = ScenarioIndex { name: format!("{}-small", index.name), ..index.clone() };
        let one_split = ScenarioIndex { splits: vec![smallest.splits.concat()], ..smallest.clone() };
        if smallest.splits.len() < 2 || !holds(&one_split)? {
            // How the documents are cut matters: leave them.
            if smallest.splits.len() > 1 {
                return Ok(smallest);
            }
        } else {
            smallest = one_split;
        }
        let mut documents: Vec<String> = smallest.splits.concat().lines().map(str::to_owned).collect();
        let mut size = documents.len().div_ceil(2);
        while size > 0 {
            let mut start = 0;
            while start < documents.len() {
                let mut fewer = documents.clone();
                fewer.drain(start..(start + size).min(documents.len()));
                let candidate = ScenarioIndex { splits: vec![lines(&fewer)], ..smallest.clone() };
                if holds(&candidate)? {
                    documents = fewer;
                } else {
                    start += size;
                }
            }
            size /= 2;
        }
        Ok(ScenarioIndex { splits: vec![lines(&documents)], ..smallest })
    }

    /// Makes an index whose documents are known to be accepted.
    fn create_quietly(&self, index: &ScenarioIndex) -> Result<()> {
        self.ours.create_index(index)?;
        self.theirs.create_index(index)?;
        Ok(())
    }

    /// Compares what became of the mapping with the documents.
    fn compare_mappings(&mut self, index: &ScenarioIndex, seed: u64) -> Result<()> {
        let path = format!("/{}/_mapping", index.name);
        let call = Call { method: "GET".to_owned(), path, ..Call::search(&index.name, String::new()) };
        let (ours, theirs) =
            (self.ours.send(&call)?.mapped(without_defaults), self.theirs.send(&call)?.mapped(without_defaults));
        self.compared += 1;
        if let Some(difference) = compare(&ours, &theirs).into_iter().next() {
            self.differing += 1;
            let request =
                FoundRequest { route: "_mapping".to_owned(), body: json!({}), painless: None, their_answer: theirs };
            let signature = "the mapping after adding documents".to_owned();
            self.found(Finding { signature, seed, difference, index: index.clone(), request: Some(request) });
        }
        Ok(())
    }

    fn found(&mut self, finding: Finding) {
        if self.findings.count(&finding.signature) {
            self.findings.add(finding);
        }
    }
}

fn lines(documents: &[String]) -> String {
    documents.iter().map(|document| format!("{document}\n")).collect()
}
