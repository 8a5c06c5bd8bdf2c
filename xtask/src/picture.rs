//! Pictures of terminal output for the README: text with ANSI styles, such as the binary prints, to SVG.

use std::fmt::Write;

const FONT_SIZE: f32 = 13.0;
const CHARACTER: f32 = 7.83;
const LINE: f32 = 18.0;
const MARGIN: f32 = 18.0;

/// The picture of some terminal output. Escapes that are no styles are dropped.
pub fn svg(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    let longest = lines.iter().map(|line| plain_length(line)).max().unwrap_or(0);
    let width = units(longest) * CHARACTER + 2.0 * MARGIN;
    let height = units(lines.len()) * LINE + 2.0 * MARGIN;
    let mut svg = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" role="img">
<style>text {{ font: {FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d8dee9; white-space: pre }}
.b {{ font-weight: bold }} .d {{ fill: #8b949e }} .red {{ fill: #ff7b72 }} .green {{ fill: #7ee787 }} .yellow {{ fill: #e3b341 }} .blue {{ fill: #79c0ff }} .cyan {{ fill: #6fd6d6 }}</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>"##
    );
    let mut style = Style::default();
    for (number, line) in lines.iter().enumerate() {
        let y = units(number) * LINE + MARGIN + FONT_SIZE;
        let _ = writeln!(
            svg,
            r#"<text y="{y:.1}" xml:space="preserve">{}</text>"#,
            spans(line, &mut style)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Columns and rows are few.
fn units(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

#[derive(Clone, Debug, Default)]
struct Style {
    bold: bool,
    dim: bool,
    colour: Option<&'static str>,
}

impl Style {
    /// Takes the parameters of one `ESC [ … m`.
    fn apply(&mut self, parameters: &str) {
        for parameter in parameters.split(';') {
            match parameter {
                "" | "0" => *self = Self::default(),
                "1" => self.bold = true,
                "2" => self.dim = true,
                "31" => self.colour = Some("red"),
                "32" => self.colour = Some("green"),
                "33" => self.colour = Some("yellow"),
                "34" => self.colour = Some("blue"),
                "36" => self.colour = Some("cyan"),
                _ => {}
            }
        }
    }

    fn classes(&self) -> String {
        let classes = [self.bold.then_some("b"), self.dim.then_some("d"), self.colour];
        classes.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

fn spans(line: &str, style: &mut Style) -> String {
    let mut spans = String::new();
    let mut column = 0;
    for (index, part) in line.split('\u{1b}').enumerate() {
        let text = if index == 0 { part } else { after_escape(part, style) };
        if text.is_empty() {
            continue;
        }
        // Each span has its own place, so that a font's own widths don't add up.
        let x = units(column) * CHARACTER + MARGIN;
        let _ = write!(
            spans,
            r#"<tspan x="{x:.1}" class="{}">{}</tspan>"#,
            style.classes(),
            escaped(text)
        );
        column += text.chars().count();
    }
    spans
}

/// What follows an escape sequence, of which `part` is all but its first character.
fn after_escape<'t>(part: &'t str, style: &mut Style) -> &'t str {
    let Some(sequence) = part.strip_prefix('[') else {
        return part;
    };
    let Some(end) = sequence.find(|character: char| character.is_ascii_alphabetic()) else {
        return "";
    };
    let (parameters, rest) = sequence.split_at(end);
    if rest.starts_with('m') {
        style.apply(parameters);
    }
    rest.get(1..).unwrap_or_default()
}

fn plain_length(line: &str) -> usize {
    let mut ignored = Style::default();
    let parts = line.split('\u{1b}').enumerate();
    let texts = parts.map(|(index, part)| {
        if index == 0 {
            part
        } else {
            after_escape(part, &mut ignored)
        }
    });
    texts.map(|text| text.chars().count()).sum()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Style, plain_length, spans, svg};

    #[test]
    fn styles_become_classes() {
        let shown = spans("a\u{1b}[1m\u{1b}[31mb<\u{1b}[0m c", &mut Style::default());
        assert_eq!(
            shown,
            r#"<tspan x="18.0" class="">a</tspan><tspan x="25.8" class="b red">b&lt;</tspan><tspan x="41.5" class=""> c</tspan>"#
        );
    }

    #[test]
    fn escapes_take_no_room() {
        assert_eq!(plain_length("\u{1b}[2mab\u{1b}[0m"), 2);
        assert!(svg("\u{1b}[2Jx").contains(">x<"));
    }
}
