//! The few styles that the terminal output uses. Colour says nothing that the words do not say as well.

use anstyle::{AnsiColor, Style};
use palisade_engine::assessment::ThreatState;
use palisade_knowledge::Severity;

/// Plain text.
pub(crate) const PLAIN: Style = Style::new();
/// Headings and what the eye should find first.
pub(crate) const BOLD: Style = Style::new().bold();
/// Positions, ids, counts: what is looked up rather than read.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Names of elements.
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();
/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// High severity.
pub(crate) const HIGH: Style = AnsiColor::Red.on_default().bold();
/// Medium severity.
pub(crate) const MEDIUM: Style = AnsiColor::Yellow.on_default();
/// Low severity.
pub(crate) const LOW: Style = AnsiColor::Blue.on_default();

/// The style of a severity.
pub(crate) const fn severity(severity: Severity) -> Style {
    match severity {
        Severity::High => HIGH,
        Severity::Medium => MEDIUM,
        Severity::Low => LOW,
    }
}

/// The style of a threat's state.
pub(crate) const fn state(state: ThreatState) -> Style {
    match state {
        ThreatState::Exposed => HIGH,
        ThreatState::Unknown => MEDIUM,
        ThreatState::Accepted => LOW,
        ThreatState::Mitigated | ThreatState::NotApplicable => GOOD,
    }
}
