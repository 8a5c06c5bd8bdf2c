//! Panics: a bug of ours is explained, not dumped.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};

use crate::failure::Failure;

/// Runs the work; a panic in it becomes an error that says where to report it.
///
/// The hook only remembers: parsers contain their own panics, and those are no business of the user's.
pub(crate) fn explain<T>(work: impl FnOnce() -> T) -> anyhow::Result<T> {
    let last = Arc::new(Mutex::new(String::new()));
    let remembered = Arc::clone(&last);
    panic::set_hook(Box::new(move |info| {
        let mut last = remembered.lock().unwrap_or_else(PoisonError::into_inner);
        *last = info.location().map(ToString::to_string).unwrap_or_default();
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let place = last.lock().unwrap_or_else(PoisonError::into_inner);
        Failure::new(
            format!("palisade {} has a bug at {place}", env!("CARGO_PKG_VERSION")),
            concat!(
                "please report this line with what you ran at ",
                env!("CARGO_PKG_REPOSITORY"),
                "/issues"
            ),
        )
        .into()
    })
}
