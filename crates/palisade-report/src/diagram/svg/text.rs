//! Text in a picture: how wide it is about, and how it is written in XML.

/// Width of a text in pixels, rounded up: sans-serif fonts differ, so this leaves a little room.
pub(super) fn width(text: &str, font_size: i32) -> i32 {
    let tenths: i32 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 33,
            'f' | 't' | 'r' | '-' | '/' | '(' | ')' | '[' | ']' | 'I' => 42,
            'm' | 'w' | 'M' | 'W' | '@' | '%' => 92,
            c if c.is_ascii_uppercase() => 72,
            c if c.is_ascii() => 60,
            _ => 100,
        })
        .sum();
    // Names are bold, and set larger than all else.
    let weight = if font_size > 12 { 106 } else { 100 };
    (tenths * font_size * weight + 9_999) / 10_000
}

/// The text cut to a width, with an ellipsis where it was longer.
pub(crate) fn cut(text: &str, font_size: i32, max_width: i32) -> String {
    if width(text, font_size) <= max_width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, font_size) + width("…", font_size) > max_width {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

/// The text as XML holds it. Characters that XML forbids become the replacement character.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_text_fits() {
        let text = "recommendationservice-with-a-very-long-name";
        for max in [30, 60, 120] {
            assert!(width(&cut(text, 13, max), 13) <= max);
        }
        assert_eq!(cut("cart", 13, 100), "cart");
    }

    #[test]
    fn names_can_not_become_markup() {
        assert_eq!(
            escape("<b a=\"x\">&'\u{1}"),
            "&lt;b a=&quot;x&quot;&gt;&amp;&#39;\u{fffd}"
        );
    }
}
