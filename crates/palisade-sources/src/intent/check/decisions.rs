//! Assumptions, acceptances, dispositions, requirements.

use palisade_inventory::{
    Assumption, Declared, Disposition, DispositionState, Pattern, SecurityRequirement, Waiver, offer,
};

use super::{Known, element, one_of, patterns, reference, threat};
use crate::intent::fault::Faults;

pub(super) fn check(declared: &Declared, known: &Known, faults: &mut Faults<'_>) {
    faults.repeated(
        "assumptions",
        "name",
        declared.assumptions.iter().map(|assumption| &*assumption.name),
    );
    for (index, it) in declared.assumptions.iter().enumerate() {
        assumption(faults, &format!("assumptions[{index}]"), it, known);
    }
    for (index, acceptance) in declared.accepted_risks.iter().enumerate() {
        let at = format!("accepted_risks[{index}]");
        let assets = declared.assets.iter().map(|asset| &*asset.name);
        reference(faults, &format!("{at}.asset"), "asset", &acceptance.asset, assets);
        if let Some(actor) = &acceptance.actor {
            one_of(faults, &format!("{at}.actor"), "actor", actor, &known.actors);
        }
        faults.empty(&format!("{at}.owner"), &acceptance.owner);
        faults.empty(&format!("{at}.reason"), &acceptance.reason);
    }
    for (index, it) in declared.dispositions.iter().enumerate() {
        disposition(faults, &format!("dispositions[{index}]"), it, known);
    }
    for (index, it) in declared.waivers.iter().enumerate() {
        waiver(faults, &format!("waivers[{index}]"), it, known);
    }
    faults.repeated(
        "requirements",
        "id",
        declared.requirements.iter().map(|requirement| &*requirement.id),
    );
    for (index, it) in declared.requirements.iter().enumerate() {
        requirement(faults, &format!("requirements[{index}]"), it, known);
    }
}

fn assumption(faults: &mut Faults<'_>, at: &str, assumption: &Assumption, known: &Known) {
    faults.empty(&format!("{at}.name"), &assumption.name);
    faults.empty(&format!("{at}.says"), &assumption.says);
    match (&assumption.applies_to, &assumption.holds) {
        (None, None) => {}
        (Some(view), Some(_)) if !known.views.contains(view) => {
            one_of(faults, &format!("{at}.applies_to"), "view", view, &known.views);
        }
        (Some(view), Some(condition)) => {
            if let Err(wrong) = (known.condition)(view, condition) {
                faults.add(
                    &format!("{at}.holds"),
                    wrong,
                    "docs/conditions.md says what a condition may be",
                );
            }
        }
        (Some(_), None) => faults.add(
            at,
            "`applies_to` without `holds`",
            "add the condition, or leave both out",
        ),
        (None, Some(claim)) => {
            if let Err(wrong) = (known.claim)(claim) {
                let help =
                    "docs/verify.md says what can be claimed of the model; `applies_to` asks of each thing of a view";
                faults.add(&format!("{at}.holds"), wrong, help);
            }
        }
    }
}

fn waiver(faults: &mut Faults<'_>, at: &str, waiver: &Waiver, known: &Known) {
    let rule = Pattern::new(&waiver.rule);
    if !known.rules.iter().any(|id| rule.matches(id)) {
        faults.add(
            &format!("{at}.rule"),
            format!("there is no weakness or attack step `{}`", waiver.rule),
            offer(&waiver.rule, known.rules.iter().map(String::as_str)),
        );
    }
    patterns(faults, &format!("{at}.elements"), &waiver.elements);
    faults.empty(&format!("{at}.reason"), &waiver.reason);
    faults.empty(&format!("{at}.owner"), &waiver.owner);
}

fn disposition(faults: &mut Faults<'_>, at: &str, disposition: &Disposition, known: &Known) {
    match (&disposition.threat, &disposition.element, &disposition.category) {
        (Some(id), None, None) if disposition.to.is_none() => threat(faults, &format!("{at}.threat"), id),
        (None, Some(from), Some(category)) => {
            element(faults, &format!("{at}.element"), from);
            if let Some(to) = &disposition.to {
                element(faults, &format!("{at}.to"), to);
            }
            one_of(
                faults,
                &format!("{at}.category"),
                "category of threat",
                category,
                &known.categories,
            );
        }
        (Some(_), _, _) => faults.add(
            at,
            "`threat` names the threat already",
            "leave `element`, `to` and `category` out",
        ),
        (None, _, _) => faults.add(
            at,
            "this is about no threat",
            "add `threat: TM-…`, or `element: …` and `category: …`",
        ),
    }
    faults.empty(&format!("{at}.reason"), &disposition.reason);
    let is_accepted = disposition.state == DispositionState::Accepted;
    if is_accepted && disposition.owner.is_none() {
        faults.add(at, "nobody accepts this", "add `owner: …`: a risk is borne by somebody");
    }
    if is_accepted && disposition.until.is_none() {
        faults.add(
            at,
            "this is accepted for ever",
            "add `until: …`, the last day; it can be renewed",
        );
    } else if !is_accepted && disposition.until.is_some() {
        let help = "leave `until` out, or write `state: accepted`";
        faults.add(&format!("{at}.until"), "only what is accepted ends on a day", help);
    }
}

fn requirement(faults: &mut Faults<'_>, at: &str, requirement: &SecurityRequirement, known: &Known) {
    faults.empty(&format!("{at}.id"), &requirement.id);
    faults.empty(&format!("{at}.says"), &requirement.says);
    for (index, id) in requirement.threats.iter().enumerate() {
        threat(faults, &format!("{at}.threats[{index}]"), id);
    }
    for (index, id) in requirement.controls.iter().enumerate() {
        one_of(
            faults,
            &format!("{at}.controls[{index}]"),
            "control",
            id,
            &known.controls,
        );
    }
    if requirement.threats.is_empty() && requirement.controls.is_empty() && requirement.tests.is_empty() {
        let help = "add `threats`, `controls` or `tests`";
        faults.add(
            at,
            format!("nothing is traced to the requirement `{}`", requirement.id),
            help,
        );
    }
}
