//! Keeps a panic of a third-party parser from ending the run, and from printing what it parsed.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `parse`; a panic inside it becomes `None`. What it borrowed must not be used again then.
pub(crate) fn contain<T>(parse: impl FnOnce() -> T) -> Option<T> {
    silence_contained_panics();
    let outer = CONTAINED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(parse));
    CONTAINED.set(outer);
    result.ok()
}

/// The panic hook belongs to the whole process: it keeps its behaviour for every panic but the contained ones.
fn silence_contained_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                previous(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_contained() {
        assert_eq!(contain(|| 1), Some(1));
        let nothing: Option<()> = contain(|| panic!("contained"));
        assert_eq!(nothing, None);
        assert!(!CONTAINED.get());
    }
}
