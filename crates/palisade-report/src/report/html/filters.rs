//! What templates do to text beyond escaping it.

#![expect(
    unreachable_pub,
    clippy::inline_always,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "what the macro of filters makes, and asks for"
)]

use askama::filters::Safe;

use crate::diagram::escape;

/// Prose of the catalogue: what stands between backticks is code, all else is escaped.
#[askama::filter_fn]
pub(super) fn prose(text: &str, _: &dyn askama::Values) -> askama::Result<Safe<String>> {
    Ok(Safe(marked(text)))
}

fn marked(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick without another to close it is a backtick.
    let pairs = parts.len() % 2 == 1;
    for (index, part) in parts.iter().enumerate() {
        let part = escape(part);
        match (index % 2, pairs) {
            (1, true) => {
                html.push_str("<code>");
                html.push_str(&part);
                html.push_str("</code>");
            }
            (_, false) if index > 0 => {
                html.push('`');
                html.push_str(&part);
            }
            _ => html.push_str(&part),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_marked_and_markup_is_not() {
        assert_eq!(marked("Set `a: <b>` & go"), "Set <code>a: &lt;b&gt;</code> &amp; go");
        assert_eq!(marked("one ` only"), "one ` only");
        assert_eq!(marked("`<script>`"), "<code>&lt;script&gt;</code>");
    }
}
