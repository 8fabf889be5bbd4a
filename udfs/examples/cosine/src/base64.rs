//! Base64 with the standard alphabet. Padding at the end is not required.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const INVALID: u8 = 0xFF;

/// The value of each character.
static VALUES: [u8; 256] = {
    let mut values = [INVALID; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// Decodes a text that has exactly as many bytes as `bytes`; otherwise, or if it is not base64, it returns `None`.
pub(crate) fn decode(text: &[u8], bytes: &mut [u8]) -> Option<()> {
    let text = text.strip_suffix(b"==").or(text.strip_suffix(b"=")).unwrap_or(text);
    if text.len() != (bytes.len() * 4).div_ceil(3) {
        return None;
    }
    let (groups, last_group) = text.as_chunks::<4>();
    let (triples, last_bytes) = bytes.as_chunks_mut::<3>();
    // Whether a character is invalid is looked at once, at the end: only then is the highest bit set.
    let mut seen = 0;
    for (group, triple) in groups.iter().zip(triples) {
        *triple = decode_group(*group, &mut seen);
    }
    let mut group = [b'A'; 4];
    group.iter_mut().zip(last_group).for_each(|(character, given)| *character = *given);
    let last = decode_group(group, &mut seen);
    last_bytes.iter_mut().zip(last).for_each(|(byte, decoded)| *byte = decoded);
    (seen & 0x80 == 0).then_some(())
}

#[inline]
fn decode_group(group: [u8; 4], seen: &mut u8) -> [u8; 3] {
    let [a, b, c, d] = group.map(|character| VALUES[character as usize]);
    *seen |= a | b | c | d;
    [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]
}

#[cfg(test)]
pub(crate) fn encode(bytes: &[u8]) -> String {
    let group = |bytes: &[u8]| {
        let byte = |index: usize| u32::from(bytes.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let character = |index: usize| {
            let value = bits >> (18 - 6 * index) & 63;
            if index <= bytes.len() { char::from(ALPHABET[value as usize]) } else { '=' }
        };
        (0..4).map(character).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn padding_may_be_left_out() {
        for text in ["YnJvb20=", "YnJvb20"] {
            let mut bytes = [0; 5];
            assert_eq!((decode(text.as_bytes(), &mut bytes), &bytes), (Some(()), b"broom"));
        }
        for text in ["", "YnJvb2", "YnJvb20A", "YnJ vb20", "YnJvb2\u{e9}", "YnJvb2-"] {
            assert_eq!(decode(text.as_bytes(), &mut [0; 5]), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn decodes_what_was_encoded(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            let mut decoded = vec![0; bytes.len()];
            prop_assert_eq!(decode(encode(&bytes).as_bytes(), &mut decoded), Some(()));
            prop_assert_eq!(decoded, bytes);
        }
    }
}
