//! The distinct texts of a computed column.

use std::sync::Arc;

use quidditch_function::Dictionary;
use rustc_hash::FxHashMap;
use tantivy::TantivyError;
use tantivy::columnar::{ColumnarReader, ColumnarWriter, DynamicColumn, StrColumn};

use crate::Error;
use crate::memory::Reservation;

/// The only column that is written here.
const NAME: &str = "texts";

/// The distinct texts of a computed column, numbered in the order in which they come.
#[derive(Default)]
pub(super) struct DistinctTexts {
    numbers: FxHashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
    /// The number of each text of the current batch that was asked for.
    of_batch: Vec<Option<u32>>,
}

impl DistinctTexts {
    /// The number of each value of a batch. The memory of new texts is counted.
    pub(super) fn numbers_of(
        &mut self,
        dictionary: &Dictionary,
        reservation: &mut Reservation,
    ) -> Result<Vec<u64>, Error> {
        self.of_batch.clear();
        self.of_batch.resize(dictionary.ends.len(), None);
        let mut numbers = Vec::with_capacity(dictionary.codes.len());
        for code in &dictionary.codes {
            let number = match self.of_batch[*code as usize] {
                Some(number) => number,
                None => {
                    let number = self.number_of(dictionary.text(*code).unwrap_or_default(), reservation)?;
                    self.of_batch[*code as usize] = Some(number);
                    number
                }
            };
            numbers.push(u64::from(number));
        }
        Ok(numbers)
    }

    fn number_of(&mut self, text: &str, reservation: &mut Reservation) -> Result<u32, Error> {
        if let Some(number) = self.numbers.get(text) {
            return Ok(*number);
        }
        reservation.add(text.len() + 2 * size_of::<(Arc<str>, u32)>())?;
        let number = self.texts.len() as u32;
        let text: Arc<str> = Arc::from(text);
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        Ok(number)
    }

    /// The text with this number.
    pub(super) fn text(&self, number: u64) -> &str {
        &self.texts[number as usize]
    }

    /// A column with the texts in ascending order, one for each document, and the place of each number in it.
    pub(super) fn into_dictionary(self, reservation: &mut Reservation) -> Result<(StrColumn, Vec<u64>), Error> {
        let DistinctTexts { texts, .. } = self;
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_unstable_by(|left, right| texts[*left].cmp(&texts[*right]));
        let mut places = vec![0; texts.len()];
        let mut writer = ColumnarWriter::default();
        for (place, number) in order.into_iter().enumerate() {
            places[number] = place as u64;
            writer.record_str(place as u32, NAME, &texts[number]);
        }
        let mut bytes = Vec::new();
        let written = writer.serialize(texts.len() as u32, None, &mut bytes);
        reservation.add(bytes.len())?;
        let columns = written.and_then(|()| ColumnarReader::open(bytes)?.read_columns(NAME));
        match columns.map_err(TantivyError::from)?.first().map(|column| column.open()).transpose() {
            Ok(Some(DynamicColumn::Str(column))) => Ok((column, places)),
            Ok(_) => Err(TantivyError::InternalError("a dictionary that was written is missing".to_owned()).into()),
            Err(error) => Err(TantivyError::from(error).into()),
        }
    }
}
