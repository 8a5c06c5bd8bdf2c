//! Intent: `palisade.yaml`, read as Kubernetes reads YAML, with everything that is wrong with it told at once.

mod check;
mod decode;
mod document;
mod fault;
mod known;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_inventory::{Declared, Intent};

use self::fault::Faults;
pub use self::fault::IntentError;
pub use self::known::Known;
use crate::beside::beside;
use crate::document::Failure;
use crate::yaml;

/// What a file of intent is called.
pub const INTENT_FILE: &str = "palisade.yaml";

/// The file of intent beside an input, or above it.
pub fn intent_beside(input: &Path) -> Option<PathBuf> {
    beside(input, |folder| {
        Some(folder.join(INTENT_FILE)).filter(|file| file.is_file())
    })
}

/// Reads a file of intent; `file` is what the user calls it. Everything that is wrong with it is an error, in the order of
/// the file.
pub fn read_intent(file: &str, text: &[u8], known: &Known) -> Result<Intent, Vec<IntentError>> {
    let (document, mut faults) = document::document(text).map_err(|failure| vec![unreadable(file, failure)])?;
    // An empty file declares nothing.
    let decoded = if document.is_null() {
        decode::Decoded::default()
    } else {
        decode::decode::<Declared>(&document)
    };
    let mut wrong = Faults::new(&decoded.left_out);
    check::check(&decoded.value, known, &mut wrong);
    faults.extend(wrong.found());
    faults.extend(decoded.faults);
    if !faults.is_empty() {
        return Err(fault::errors(file, &document, faults));
    }
    Ok(Intent {
        declared: decoded.value,
        file: file.into(),
        document: Arc::new(document),
    })
}

/// Whether this is a file of intent: not a Kubernetes manifest of the same name.
pub fn is_intent(text: &[u8]) -> bool {
    yaml::first(text).is_ok_and(|document| document.get("apiVersion").is_none() || document.get("kind").is_none())
}

/// What keeps the text from being a document, in words about intent rather than manifests.
fn unreadable(file: &str, failure: Failure) -> IntentError {
    let (message, help) = match failure.code {
        "template" => (
            "this is a template, and intent is read as it stands".to_owned(),
            "write the values themselves",
        ),
        "yaml-syntax" => (failure.reason, "correct the syntax"),
        _ => (failure.reason, failure.help),
    };
    IntentError {
        file: file.to_owned(),
        position: failure.position,
        message,
        help: help.to_owned(),
    }
}
