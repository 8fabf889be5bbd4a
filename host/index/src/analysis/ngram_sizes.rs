//! The lengths of the parts that n-gram filters and tokenizers make.

use super::options::Options;
use crate::IndexError;

/// The lengths of parts, in characters.
#[derive(Clone, Copy)]
pub(super) struct NgramSizes {
    pub(super) min: usize,
    pub(super) max: usize,
}

impl NgramSizes {
    /// Reads `min_gram` and `max_gram`.
    pub(super) fn read(options: &mut Options<'_>) -> Result<Self, IndexError> {
        let sizes = NgramSizes { min: options.size("min_gram", 1)?, max: options.size("max_gram", 2)? };
        match sizes {
            NgramSizes { min, max } if min > max => {
                Err(options.error("min_gram", "it must not be greater than max_gram"))
            }
            sizes => Ok(sizes),
        }
    }

    /// The same where parts begin at every character: so many are made of a text that the difference is limited.
    pub(super) fn read_limited(options: &mut Options<'_>) -> Result<Self, IndexError> {
        let sizes = Self::read(options)?;
        let (difference, limit) = (sizes.max - sizes.min, options.limits.ngram);
        if difference > limit {
            let reason = format!(
                "the difference between max_gram and min_gram is {difference}, but at most {limit} is allowed; the setting \
                 [index.max_ngram_diff] changes it"
            );
            return Err(options.error("max_gram", reason));
        }
        Ok(sizes)
    }
}
