//! `palisade explain`: what an id means.

use super::Done;
use crate::cli::Explain;
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::pipeline;

pub(crate) fn run<'a>(args: &'a Explain, console: &Console) -> anyhow::Result<Done<'a>> {
    let catalogue = pipeline::catalogue()?;
    let done = |text| Done {
        report: Report::Styled(text),
        output: args.input.output.as_deref(),
        outcome: Outcome::Fine,
    };
    if let Some(text) = palisade_report::entry(&catalogue, &args.id, console.text()) {
        return Ok(done(text));
    }
    if !is_of_a_system(&args.id) {
        let message = format!("`{}` is no entry of the catalogue", args.id);
        let help = "ids look like PAL-W001, T1611 or postgresql; those of elements (Deployment/shop/cart), threats (TM-…) \
                    and paths (AP-…) are looked up in what PATH holds";
        return Err(Failure::new(message, help).into());
    }
    let assessed = pipeline::assess(&args.input, &catalogue, console)?;
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

/// Whether an id is one that only a system can know: an element's, a threat's or a path's.
fn is_of_a_system(id: &str) -> bool {
    let id = id.to_ascii_uppercase();
    id.contains('/') || id.starts_with("TM-") || id.starts_with("AP-")
}
