//! A page of styled text that wraps to a width.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::UnicodeWidthChar;

use super::style;

/// Narrower than this nothing can be laid out; wider than [`MAX_WIDTH`] prose is hard to read.
const MIN_WIDTH: usize = 40;
const MAX_WIDTH: usize = 120;

/// Text of one style.
pub(crate) type Span = (Style, String);

/// A span of any text.
pub(crate) fn span(style: Style, text: impl Into<String>) -> Span {
    (style, text.into())
}

/// A page that is written from top to bottom.
pub(crate) struct Page {
    text: String,
    width: usize,
}

impl Page {
    /// An empty page for a terminal of `width` columns.
    pub(crate) fn new(width: usize) -> Self {
        Self {
            text: String::new(),
            width: width.clamp(MIN_WIDTH, MAX_WIDTH),
        }
    }

    /// The width that lines wrap to.
    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// An empty line, unless there is one or nothing is written yet.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A heading with a rule after it and a remark in its end.
    pub(crate) fn heading(&mut self, title: &str, remark: &str) {
        self.gap();
        let title = clean(title);
        let remark = clean(remark);
        let remark_width = if remark.is_empty() { 0 } else { width(&remark) + 1 };
        let rule = self.width.saturating_sub(width(&title) + 1 + remark_width).max(2);
        self.write(style::BOLD, &title);
        self.text.push(' ');
        self.write(style::DIM, &"─".repeat(rule));
        if !remark.is_empty() {
            self.text.push(' ');
            self.write(style::DIM, &remark);
        }
        self.text.push('\n');
    }

    /// One line that wraps: `first` begins it and `rest` begins what wraps.
    pub(crate) fn line(&mut self, first: &[Span], rest: &[Span], spans: &[Span]) {
        for (style, text) in first {
            self.write(*style, &clean(text));
        }
        let mut column = spans_width(first);
        let mut line_is_empty = true;
        for (style, word, space_before) in words(spans) {
            let word_width = width(&word);
            if !line_is_empty && space_before > 0 && column + space_before + word_width > self.width {
                self.end_line();
                for (style, text) in rest {
                    self.write(*style, &clean(text));
                }
                column = spans_width(rest);
            } else if !line_is_empty {
                self.text.push_str(&" ".repeat(space_before));
                column += space_before;
            }
            self.write(style, &word);
            column += word_width;
            line_is_empty = false;
        }
        self.end_line();
    }

    /// One line that wraps below itself, `indent` columns from the left.
    pub(crate) fn indented(&mut self, indent: usize, spans: &[Span]) {
        let margin = [span(style::PLAIN, " ".repeat(indent))];
        self.line(&margin, &margin, spans);
    }

    /// The text, with one newline at its end.
    pub(crate) fn finish(mut self) -> String {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.text.push('\n');
        self.text
    }

    fn end_line(&mut self) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        self.text.push('\n');
    }

    fn write(&mut self, style: Style, text: &str) {
        if text.is_empty() {
            return;
        }
        // Writing to a String does not fail.
        let _ = if style.is_plain() {
            write!(self.text, "{text}")
        } else {
            write!(self.text, "{style}{text}{style:#}")
        };
    }
}

/// The columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The columns that spans take on one line.
fn spans_width(spans: &[Span]) -> usize {
    spans.iter().map(|(_, text)| width(&clean(text))).sum()
}

/// The words of spans with their style, and how many spaces stand before each.
fn words(spans: &[Span]) -> Vec<(Style, String, usize)> {
    let mut words = Vec::new();
    let mut spaces = 0;
    for (style, text) in spans {
        let text = clean(text);
        for (index, word) in text.split(' ').enumerate() {
            spaces += usize::from(index > 0);
            if !word.is_empty() {
                words.push((*style, word.to_owned(), spaces));
                spaces = 0;
            }
        }
    }
    words
}

/// The text without what could command a terminal or hide in it: names come from files that anyone may have written.
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hostile(c) {
            let _ = write!(clean, "\\u{{{:x}}}", u32::from(c));
        } else {
            clean.push(c);
        }
    }
    clean
}

/// Control characters, and the marks that turn the direction of text.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `n` things: `1 path`, `3 paths`, `2 processes`.
pub(crate) fn count(n: usize, singular: &str) -> String {
    let plural = if singular.ends_with('s') { "es" } else { "s" };
    match singular
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'o']))
    {
        _ if n == 1 => format!("1 {singular}"),
        Some(stem) => format!("{n} {stem}ies"),
        None => format!("{n} {singular}{plural}"),
    }
}

/// The first sentence: what prose of the catalogue says before it goes into detail.
pub(crate) fn first_sentence(text: &str) -> &str {
    let end = text.match_indices(". ").map(|(at, _)| at + 1).find(|&end| {
        // "e.g. " and the like do not end one: what follows begins with a small letter.
        text.get(end..)
            .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_uppercase() || c == '`'))
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// The text cut to `columns`, with an ellipsis where it was longer.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn lines_wrap_at_spaces_and_keep_their_margin() {
        let mut page = Page::new(40);
        page.line(
            &[span(style::DIM, "  why ")],
            &[span(style::PLAIN, "      ")],
            &[
                span(style::PLAIN, "the container runs as root and"),
                span(style::BOLD, " may load a kernel module"),
            ],
        );
        assert_eq!(
            plain(&page.finish()),
            "  why the container runs as root and may\n      load a kernel module\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_page_unless_a_word_is() {
        let mut page = Page::new(50);
        page.indented(4, &[span(style::NAME, "many short words ".repeat(40))]);
        assert!(plain(&page.finish()).lines().all(|line| width(line) <= 50));
    }

    #[test]
    fn names_can_not_command_the_terminal() {
        let mut page = Page::new(80);
        page.indented(0, &[span(style::PLAIN, "evil\u{1b}[2Jname\u{202e}")]);
        assert_eq!(page.finish(), "evil\\u{1b}[2Jname\\u{202e}\n");
    }

    #[test]
    fn counts_are_written_as_people_write_them() {
        assert_eq!(count(1, "process"), "1 process");
        assert_eq!(count(2, "process"), "2 processes");
        assert_eq!(count(0, "boundary"), "0 boundaries");
        assert_eq!(count(3, "path"), "3 paths");
        assert_eq!(count(3, "key"), "3 keys");
    }

    #[test]
    fn the_first_sentence_is_whole() {
        assert_eq!(first_sentence("Take it away. Then rest."), "Take it away.");
        assert_eq!(first_sentence("Use TLS, e.g. 1.3 or so."), "Use TLS, e.g. 1.3 or so.");
        assert_eq!(first_sentence("Short"), "Short");
    }

    #[test]
    fn cutting_leaves_room_for_the_ellipsis() {
        assert_eq!(cut("checkoutservice", 8), "checkou…");
        assert_eq!(cut("cart", 4), "cart");
    }
}
