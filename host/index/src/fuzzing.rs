//! The entry points of the fuzz targets in `fuzz/`.

use serde_json::{Value as Json, json};
use tantivy::directory::OwnedBytes;

use crate::manifest::Manifest;
use crate::split::{Footer, with_valid_checksum};
use crate::{DateFormat, Mapping, TimeZone};

/// Decodes bytes as a split's footer, once as they are and once with a valid checksum, and as a manifest. Any bytes are either
/// decoded or rejected.
pub fn fuzz_split(bytes: &[u8]) {
    for bytes in [bytes.to_vec(), with_valid_checksum(bytes)] {
        if let Ok(footer) = Footer::decode(&OwnedBytes::new(bytes.clone())) {
            let _ = footer.check(0, &bytes);
        }
    }
    let _ = Manifest::decode(bytes);
}

/// Reads bytes as the JSON of a mapping. A mapping that is accepted is the same after it was written and read.
pub fn fuzz_mapping(bytes: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Json>(bytes) else { return };
    if let Ok(mapping) = Mapping::from_json(&json) {
        let written = json!({ "settings": mapping.settings_to_json(), "mappings": mapping.to_json() });
        assert_eq!(Mapping::from_json(&written).expect("it was accepted before"), mapping);
    }
}

/// Reads the first line as the body of `_analyze` without a text, and analyzes the rest. Offsets are within the text.
pub fn fuzz_analysis(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let Ok(Json::Object(mut request)) = serde_json::from_slice::<Json>(&bytes[..end]) else { return };
    let text = String::from_utf8_lossy(&bytes[end..]);
    request.insert("text".to_owned(), text.as_ref().into());
    let length = text.encode_utf16().count();
    let Ok(tokens) = Mapping::default().analyze(&Json::Object(request)) else { return };
    for token in tokens {
        assert!(token.start_offset <= token.end_offset && token.end_offset <= length, "{token:?}");
    }
}

/// Reads the first line as a date format, and the rest as a date, with and without date math.
pub fn fuzz_date_format(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (format, date) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(format) = DateFormat::parse(format) else { return };
    if let Ok(millis) = format.evaluate(date, 0, &TimeZone::default()) {
        format.format(millis);
    }
}
