//! `geohash_grid` and `geotile_grid`: a bucket for each cell of a grid that has points.

mod cells;

use serde_json::{Map, Value as Json};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::{Answer, BucketAnswer, BucketKey, Style};
use super::answering::Answering;
use super::batch::Batch;
use super::bucket_map::BucketMap;
use super::definition::{Definition, Layout};
use super::gathered::Gathered;
use super::keyed::{self, SegmentKeyed, SegmentKeys, TakeBuckets};
use super::nodes::Nodes;
use super::options::{positive, required_point_field};
use super::partial::{Keys, Partial};
use super::points::{PointReader, PointSource};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::Planner;
use crate::query::Bounds;
use crate::request::Parser;
use cells::Grid;

/// How many cells are answered unless the request says.
const DEFAULT_SIZE: usize = 10_000;

pub(super) fn parse_geohash(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, "[geohash_grid] aggregation", |precision| match precision {
        None => Ok(Grid::Geohash { length: 5 }),
        Some(node) => Ok(Grid::Geohash { length: parse_length(node)? }),
    })
}

pub(super) fn parse_geotile(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    parse(node, "[geotile_grid] aggregation", |precision| match precision {
        None => Ok(Grid::Geotile { zoom: 7 }),
        Some(node) => match node.integer()? {
            zoom @ 0..=29 => Ok(Grid::Geotile { zoom: zoom as u32 }),
            other => {
                let reason = format!("[precision] of [geotile_grid] must be from 0 to 29, got [{other}]");
                Err(node.mistake(ErrorKind::Argument, reason))
            }
        },
    })
}

/// The number of characters of a geohash, or the size of a cell as a distance.
fn parse_length(node: &Node<'_>) -> Result<u32, ParseError> {
    let wrong = |what: String| {
        let reason = format!("[precision] of [geohash_grid] must be from 1 to 12, or a distance, got [{what}]");
        node.mistake(ErrorKind::Argument, reason)
    };
    if let Json::String(text) = node.json()
        && text.parse::<f64>().is_err()
    {
        let metres = crate::geo::parse_distance(node, 1.0)?;
        return cells::geohash_length(metres).ok_or_else(|| wrong(text.clone()));
    }
    match node.integer()? {
        length @ 1..=12 => Ok(length as u32),
        other => Err(wrong(other.to_string())),
    }
}

fn parse(
    node: &Node<'_>,
    what: &str,
    parse_grid: impl FnOnce(Option<&Node<'_>>) -> Result<Grid, ParseError>,
) -> Result<Box<dyn Definition>, ParseError> {
    let mut fields = node.fields()?;
    let field = required_point_field(&mut fields, what)?;
    let grid = parse_grid(fields.take("precision").as_ref())?;
    let size = fields.optional("size", |node| positive_size(node, "size"))?.unwrap_or(DEFAULT_SIZE);
    // Counts are exact, and this changes nothing.
    fields.optional("shard_size", |node| positive_size(node, "shard_size"))?;
    let bounds = fields.optional("bounds", Bounds::parse)?;
    fields.finish(what)?;
    Ok(Box::new(GeoGridDefinition { field, grid, size, bounds }))
}

fn positive_size(node: &Node<'_>, key: &str) -> Result<usize, ParseError> {
    positive(node, key).map_err(|error| ParseError { kind: ErrorKind::Argument, ..error })
}

struct GeoGridDefinition {
    field: String,
    grid: Grid,
    size: usize,
    bounds: Option<Bounds>,
}

impl Definition for GeoGridDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let source = PointSource::plan(planner, &self.field, self.grid.type_name())?;
        Ok(Box::new(GeoGrid { source, grid: self.grid, size: self.size, bounds: self.bounds, inner }))
    }

    fn layout(&self) -> Layout {
        Layout::Many
    }
}

struct GeoGrid {
    source: PointSource,
    grid: Grid,
    size: usize,
    /// Points elsewhere do not count.
    bounds: Option<Bounds>,
    inner: Nodes,
}

impl GeoGrid {
    /// Sorts cells, given by their positions: those with most documents first, and keeps those that are answered.
    fn keep_first(&self, positions: &mut Vec<u32>, keys: &[u64], counts: &[u64]) {
        let rank = |position: &u32| (counts[*position as usize], keys[*position as usize]);
        positions.sort_unstable_by_key(|position| std::cmp::Reverse(rank(position)));
        positions.truncate(self.size);
    }
}

impl Aggregation for GeoGrid {
    fn type_name(&self) -> &'static str {
        self.grid.type_name()
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        let reader = PointReader::open(&self.source, opening.segment.reader)?;
        let keys = CellKeys { grid: self, reader, keys: Gathered::default() };
        Ok(Box::new(SegmentKeyed::open(keys, &self.inner, opening)?))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        keyed::merge(&self.inner, partials, Keys::Bits(Vec::new()))
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        let buckets = partial.into_buckets();
        let keys = buckets.keys.bits().to_vec();
        let mut positions: Vec<u32> = (0..keys.len() as u32).collect();
        self.keep_first(&mut positions, &keys, &buckets.counts);
        answering.count_buckets(positions.len())?;
        let mut answers = Vec::with_capacity(positions.len());
        let mut buckets = TakeBuckets::new(buckets);
        for position in positions {
            let taken = buckets.take(&[position]);
            let (name, count) = (self.grid.name(keys[position as usize]), taken.counts[0]);
            answers.push(BucketAnswer {
                name: None,
                key: BucketKey::Text(name.clone()),
                count,
                shown: Map::from_iter([("key".to_owned(), name.into()), ("doc_count".to_owned(), count.into())]),
                inner: self.inner.answer(taken.inner.into_iter().flatten(), answering)?,
            });
        }
        Ok(Answer::from_buckets(Map::new(), answers, Style::List))
    }
}

struct CellKeys<'a> {
    grid: &'a GeoGrid,
    reader: PointReader,
    keys: Gathered<u64>,
}

impl SegmentKeys for CellKeys<'_> {
    fn bounds(&self) -> Option<(u64, u64)> {
        self.grid.grid.cells().map(|cells| (0, cells - 1))
    }

    fn read(&mut self, batch: Batch<'_>) -> &Gathered<u64> {
        let CellKeys { grid, reader, keys } = self;
        keys.begin();
        reader.for_each(batch, |position, lat, lon| {
            if grid.bounds.is_none_or(|bounds| bounds.contain(lat, lon)) {
                keys.push(position, grid.grid.cell(lat, lon));
            }
        });
        keys.sort_each();
        keys.drop_repeats();
        keys
    }

    fn keep_answered(&self, positions: &mut Vec<u32>, map: &BucketMap, _: &[Vec<Partial>]) -> u64 {
        self.grid.keep_first(positions, &map.keys, &map.counts);
        0
    }

    fn name(&self, keys: &[u64]) -> Result<Keys, Error> {
        Ok(Keys::Bits(keys.to_vec()))
    }
}
