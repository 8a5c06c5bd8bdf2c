//! Bytes to resources: YAML, JSON dumps, kustomizations and charts, read as Kubernetes reads them.
//!
//! [`read`] takes files, folders and standard input and gives a [`Reading`]: the resources, and the coverage that names
//! everything that was not understood. Secrets are dropped while reading: no value of a Secret, no literal environment
//! variable and nothing else that looks like a credential leaves this crate, not even in an error. The one exception is
//! [`Options::as_written`], for verbs that evaluate values and print none.
//!
//! [`read_intent`] takes what people declare, `palisade.yaml`, and tells everything that is wrong with it at once.
//!
//! This crate judges nothing: whether something is a threat is the engine's business.

mod audit;
mod base64;
mod beside;
mod contain;
mod discover;
mod document;
mod duplicates;
mod edits;
mod embedded;
mod endpoints;
mod fragment;
mod inputs;
mod intent;
mod intern;
mod json;
mod kinds;
mod kustomize;
mod load;
#[cfg(test)]
mod oracle;
mod paths;
mod pods;
mod read;
mod recognise;
mod redact;
mod render;
mod scalar;
mod variants;
mod yaml;

pub use audit::read_audit_log;
pub use beside::beside;
pub use edits::edits;
pub use intent::{INTENT_FILE, IntentError, Known, intent_beside, is_intent, read_intent};
pub use read::{Input, Options, Progress, Reading, SourceError, read, read_bytes, read_from};
