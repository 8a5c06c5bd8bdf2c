//! `palisade explain`: what an id means.

use palisade_engine::Settings;
use palisade_knowledge::{Catalogue, Lookup};
use palisade_report::TextOptions;

use super::Done;
use crate::cli::Explain;
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(
    args: &'a Explain,
    own: &Own,
    settings: &Settings,
    console: &Console,
) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let done = |text| Done {
        report: Report::Styled(text),
        output: args.input.output.as_deref(),
        outcome: Outcome::Fine,
    };
    let found = catalogue.lookup(&args.id, args.framework.as_deref());
    if let Some(text) = page(&catalogue, &found, console.text()) {
        return Ok(done(text));
    }
    if !is_of_a_system(&args.id) {
        return Err(not_found(&args.id, &found).into());
    }
    let assessed = pipeline::assess(&args.input, &catalogue, settings, console)?;
    let assessment = &assessed.assessment;
    palisade_report::explain(assessment, &args.id, &catalogue, console.text())
        .map(done)
        .ok_or_else(|| {
            let similar = palisade_report::similar(assessment, &args.id).join(", ");
            Failure::new(
                format!("nothing here is called `{}`", args.id),
                format!("the most like it: {similar}"),
            )
            .into()
        })
}

/// The page about what was found, if it is something.
pub(super) fn page(catalogue: &Catalogue, found: &Lookup<'_>, options: TextOptions) -> Option<String> {
    match found {
        Lookup::Entries(wanted) => palisade_report::entries(catalogue, wanted, options),
        Lookup::Requirement(framework, requirement) => {
            Some(palisade_report::requirement(catalogue, framework, requirement, options))
        }
        Lookup::Ambiguous(_) | Lookup::Nothing(_) => None,
    }
}

/// Why there is no page, and what to type instead.
pub(super) fn not_found(id: &str, found: &Lookup<'_>) -> Failure {
    match found {
        Lookup::Ambiguous(candidates) => Failure::new(
            format!("several frameworks have a requirement `{id}`"),
            format!("say which: {}", candidates.join(", ")),
        ),
        Lookup::Nothing(similar) if !similar.is_empty() => Failure::new(
            format!("`{id}` is no entry of the catalogue"),
            format!("the most like it: {}", similar.join(", ")),
        ),
        _ => Failure::new(
            format!("`{id}` is no entry of the catalogue"),
            "`palisade catalogue list` shows what there is; ids of elements (Deployment/shop/cart), threats (TM-…) and paths \
             (AP-…) are looked up in what PATH holds",
        ),
    }
}

/// Whether an id is one that only a system can know: an element's, a threat's or a path's.
fn is_of_a_system(id: &str) -> bool {
    let id = id.to_ascii_uppercase();
    id.contains('/') || id.starts_with("TM-") || id.starts_with("AP-")
}
