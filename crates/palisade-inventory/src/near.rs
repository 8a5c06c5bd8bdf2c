//! What may have been meant: names that are like what was typed.

/// How alike two names must be for one to be offered for the other, from 0 to 1.
pub const ALIKE: f64 = 0.6;

/// What may have been meant instead of a name, as a question; empty where nothing is like it.
pub fn offer<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let best = known
        .into_iter()
        .map(|known| (likeness(typed, known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)));
    best.map_or_else(String::new, |(_, known)| format!("did you mean `{known}`?"))
}

/// How alike what was typed is to what is known, from 0 to 1: by the edits between them. A beginning is as good as a slip.
pub fn likeness(typed: &str, known: &str) -> f64 {
    const BEGINNING: f64 = 0.9;
    if typed.len() >= 3 && known.starts_with(typed) {
        return BEGINNING;
    }
    strsim::normalized_damerau_levenshtein(typed, known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_offered_and_nothing_far() {
        let known = ["confidential", "internal", "public"];
        assert_eq!(offer("confidental", known), "did you mean `confidential`?");
        assert_eq!(offer("int", known), "did you mean `internal`?");
        assert_eq!(offer("secret", known), "");
    }
}
