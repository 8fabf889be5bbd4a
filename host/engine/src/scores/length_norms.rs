//! How often a term or a phrase occurs in a text, and how long the text is, as a factor of its score.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::{DocId, Score, SegmentReader, schema};

use super::bm25::{B, K1};

/// The factor of BM25 that depends on the text, for frequencies that tantivy's own scorers do not know: fractions.
pub(super) struct LengthNorms {
    /// By the number under which a length is stored.
    norms: Box<[Score; 256]>,
}

impl LengthNorms {
    pub(super) fn new(average_length: f64) -> Self {
        let mut norms = Box::new([0.0; 256]);
        for id in 0..=u8::MAX {
            let length = f64::from(FieldNormReader::id_to_fieldnorm(id));
            norms[usize::from(id)] = (K1 * (1.0 - B + B * length / average_length)) as Score;
        }
        LengthNorms { norms }
    }

    /// From 0 to `K1 + 1`.
    pub(super) fn factor(&self, lengths: &FieldNormReader, doc: DocId, frequency: Score) -> Score {
        let norm = self.norms[usize::from(lengths.fieldnorm_id(doc))];
        (K1 + 1.0) as Score * frequency / (frequency + norm)
    }
}

/// The lengths of a field's texts.
pub(super) fn lengths(segment: &SegmentReader, field: schema::Field) -> tantivy::Result<FieldNormReader> {
    let stored = segment.fieldnorms_readers().get_field(field)?;
    Ok(stored.unwrap_or_else(|| FieldNormReader::constant(segment.max_doc(), 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_average_length_saturates_at_k1() {
        let norms = LengthNorms::new(4.0);
        let lengths = FieldNormReader::constant(1, 4);
        let factor = |frequency| f64::from(norms.factor(&lengths, 0, frequency));
        assert!((factor(1.0) - 1.0).abs() < 1e-6);
        assert!((factor(0.5) - 2.2 * 0.5 / 1.7).abs() < 1e-6);
        assert!(factor(1e6) < 2.2);
    }
}
