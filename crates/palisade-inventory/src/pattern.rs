//! Patterns that people type to name elements: `*` is any text, everything else is itself.

/// What a name must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
}

impl Pattern {
    /// A pattern from what a person typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// The pattern as typed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole name is as the pattern says. Case counts, as in Kubernetes.
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.text.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        // Between the first and the last part, the earliest place is always as good as any later one.
        for part in parts {
            match rest.find(part) {
                Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        rest.ends_with(last)
    }

    /// As [`Pattern::matches`] where a `*` is written; otherwise whether the pattern is a part of the name.
    pub fn finds(&self, name: &str) -> bool {
        if self.text.contains('*') {
            self.matches(name)
        } else {
            name.contains(&self.text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The obvious way: try every place for every star.
    fn naive(pattern: &str, name: &str) -> bool {
        match pattern.chars().next() {
            None => name.is_empty(),
            Some('*') => (0..=name.len()).any(|at| naive(&pattern[1..], &name[at..])),
            Some(c) => name.starts_with(c) && naive(&pattern[1..], &name[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_obvious_way(pattern in "[ab*]{0,8}", name in "[ab]{0,10}") {
            prop_assert_eq!(Pattern::new(pattern.clone()).matches(&name), naive(&pattern, &name));
        }
    }

    #[test]
    fn without_a_star_a_part_is_found() {
        let pattern = Pattern::new("shop/cart");
        assert!(pattern.finds("Deployment/shop/cart"));
        assert!(!pattern.matches("Deployment/shop/cart"));
        assert!(!Pattern::new("cart*").finds("Deployment/shop/cart"));
    }
}
