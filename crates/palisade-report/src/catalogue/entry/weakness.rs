//! A weakness.

use palisade_knowledge::{Catalogue, Weakness};

use super::example;
use super::parts::{code, controls, entries, fact, techniques};
use crate::text::page::{Page, span};
use crate::text::style;
use crate::words::{self, name};

pub(super) fn write(page: &mut Page, weakness: &Weakness, catalogue: &Catalogue) {
    page.heading(&format!("{}  {}", weakness.id, weakness.title), "weakness");
    page.line(
        &[span(style::DIM, format!("{:>14}  ", "severity"))],
        &[],
        &[
            span(style::severity(weakness.severity()), words::level(weakness.severity())),
            span(
                style::DIM,
                format!(
                    "  impact {}, exploitability {}",
                    words::level(weakness.impact),
                    words::level(weakness.exploitability)
                ),
            ),
        ],
    );
    fact(page, "why", &weakness.why);
    fact(page, "fix", &weakness.fix);
    let threatens = weakness.stride.iter().map(|category| words::stride(*category));
    fact(page, "threatens", threatens.collect::<Vec<_>>().join(", "));
    techniques(page, "ATT&CK", &weakness.techniques, catalogue);
    fact(page, "CWE", weakness.cwe.join(", "));
    let when = format!("{}, {}", words::stage(weakness.stage), words::layer(weakness.layer));
    fact(page, "stage, layer", when);
    let steps = catalogue.steps.values();
    let steps = steps.filter(|step| step.weakness.as_deref() == Some(&weakness.id));
    entries(page, "attack steps", steps.map(|step| (&*step.id, &*step.title)));
    controls(page, "controls", &weakness.controls, catalogue);
    fact(page, "looks at", format!("each {}", name(weakness.applies_to)));
    code(page, "when", weakness.when.source());
    example(page, &weakness.examples);
}
