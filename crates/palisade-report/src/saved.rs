//! Assessments that were saved as JSON, read again as far as a comparison looks at them.

use palisade_engine::diff::Snapshot;
use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;

/// The version of the format that this version reads.
const SCHEMA: u32 = 1;

/// Why a saved assessment can't be read.
#[derive(Debug, Error)]
pub enum SavedError {
    /// It is not whole, or was changed by hand.
    #[error("this is no assessment as `assess --format json` writes it: {0}")]
    Damaged(serde_json::Error),
    /// Another version of Palisade wrote it.
    #[error("this assessment is of format {0}, and only format {SCHEMA} can be read")]
    OtherFormat(u32),
}

/// What tells an assessment from other JSON.
#[derive(Deserialize)]
struct Signs {
    schema: Option<IgnoredAny>,
    systems: Option<IgnoredAny>,
}

/// Reads what `assess --format json` wrote; none where this is something else.
///
/// # Errors
/// Where it looks like an assessment and can't be read as one.
pub fn saved(bytes: &[u8]) -> Result<Option<Snapshot>, SavedError> {
    let is_object = bytes.trim_ascii_start().first() == Some(&b'{');
    if !is_object || !serde_json::from_slice(bytes).is_ok_and(|signs: Signs| signs.schema.and(signs.systems).is_some())
    {
        return Ok(None);
    }
    let snapshot: Snapshot = serde_json::from_slice(bytes).map_err(SavedError::Damaged)?;
    match snapshot.schema {
        SCHEMA => Ok(Some(snapshot)),
        other => Err(SavedError::OtherFormat(other)),
    }
}

#[cfg(test)]
mod tests {
    use palisade_engine::diff::{ChangeVerdict, compare};

    use super::*;
    use crate::sample;

    #[test]
    fn what_was_saved_is_what_it_was() {
        let assessment = sample::two_systems();
        let json = crate::compact(&assessment).unwrap();
        let catalogue = palisade_knowledge::Catalogue::builtin().unwrap();
        let read = saved(json.as_bytes()).unwrap().unwrap();
        let difference = compare(&read, &Snapshot::from(&assessment), &catalogue);
        assert_eq!(difference.verdict, ChangeVerdict::Same);
        assert!(difference.systems.is_empty());
    }

    #[test]
    fn other_json_is_something_else() {
        for text in [
            "",
            "[]",
            "{",
            "apiVersion: v1",
            r#"{"kind": "List", "items": []}"#,
            r#"{"schema": 1}"#,
        ] {
            assert!(saved(text.as_bytes()).unwrap().is_none(), "{text}");
        }
    }

    #[test]
    fn what_can_not_be_read_says_why() {
        let damaged = saved(br#"{"schema": 1, "systems": [{"root": 7}]}"#).unwrap_err();
        assert!(damaged.to_string().contains("line 1 column 36"), "{damaged}");
        let other = saved(br#"{"schema": 2, "systems": []}"#).unwrap_err();
        assert!(matches!(other, SavedError::OtherFormat(2)), "{other}");
    }
}
