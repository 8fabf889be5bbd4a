//! Where a script failed.

use quidditch_function::ScriptFailure;
use serde_json::json;

use super::exception::Exception;

/// Characters of the source that are shown before and after the position.
const CONTEXT: usize = 25;

/// Adds the script, a part of it with the position marked, and the position, as clients expect them. A failure on a document also
/// has the `_id` of the document.
pub(super) fn script_details(exception: Exception, failure: &ScriptFailure) -> Exception {
    let characters: Vec<char> = failure.script.chars().collect();
    let offset = failure.script.char_indices().take_while(|(byte, _)| *byte < failure.offset).count();
    let (start, end) = (offset.saturating_sub(CONTEXT), (offset + CONTEXT).min(characters.len()));
    let shown: String =
        characters[start..end].iter().map(|character| if *character == '\n' { ' ' } else { *character }).collect();
    let before = if start > 0 { "... " } else { "" };
    let after = if end < characters.len() { " ..." } else { "" };
    let pointer = format!("{}^---- HERE", " ".repeat(before.len() + offset - start));
    let exception = exception
        .detail("script_stack", vec![format!("{before}{shown}{after}"), pointer])
        .detail("script", failure.script.as_str())
        .detail("lang", failure.language)
        .detail("position", json!({"offset": offset, "start": start, "end": end}));
    match &failure.document {
        Some(quidditch_function::DocumentRef::Id(id)) => exception.detail("_id", id.as_str()),
        _ => exception,
    }
}

#[cfg(test)]
mod tests {
    use quidditch_function::DocumentRef;
    use serde_json::Value as Json;

    use super::*;

    fn shown(source: &str, offset: usize, document: Option<DocumentRef>) -> Json {
        let failure = ScriptFailure {
            language: "painless",
            script: source.to_owned(),
            offset,
            kind: "illegal_argument_exception",
            reason: "cannot resolve symbol [x]".to_owned(),
            document,
        };
        Json::Object(script_details(Exception::new("script_exception", "compile error"), &failure).to_json())
    }

    #[test]
    fn the_position_is_marked() {
        let short = shown("1 + x", 4, Some(DocumentRef::Id("7".to_owned())));
        assert_eq!(short["script_stack"], json!(["1 + x", "    ^---- HERE"]));
        assert_eq!(short["position"], json!({"offset": 4, "start": 0, "end": 5}));
        assert_eq!(short["_id"], "7");
    }

    #[test]
    fn a_long_script_is_cut_around_the_position() {
        let long = shown("doc['n'].value == 7 ? 'ä' : 2 + doc['n'].value + doc['n'].value", 29, None);
        assert_eq!(
            long["script_stack"],
            json!([
                "... ['n'].value == 7 ? 'ä' : 2 + doc['n'].value + doc[ ...",
                "                             ^---- HERE"
            ])
        );
        assert_eq!(long["position"], json!({"offset": 28, "start": 3, "end": 53}));
        assert!(long.get("_id").is_none());
    }
}
