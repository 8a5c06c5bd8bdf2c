//! Controls, what they cost, and frameworks.

use palisade_inventory::{Declared, offer};

use super::{Known, one_of, patterns, reference};
use crate::intent::fault::Faults;

pub(super) fn check(declared: &Declared, known: &Known, faults: &mut Faults<'_>) {
    for (index, control) in declared.controls.iter().enumerate() {
        let at = format!("controls[{index}]");
        one_of(
            faults,
            &format!("{at}.control"),
            "control",
            &control.control,
            &known.controls,
        );
        patterns(faults, &format!("{at}.elements"), &control.elements);
        faults.empty(&format!("{at}.evidence"), &control.evidence);
    }
    faults.repeated("costs", "control", declared.costs.iter().map(|cost| &*cost.control));
    for (index, cost) in declared.costs.iter().enumerate() {
        let at = format!("costs[{index}]");
        one_of(
            faults,
            &format!("{at}.control"),
            "control",
            &cost.control,
            &known.controls,
        );
        if cost.once.is_none() && cost.yearly.is_none() {
            faults.add(
                &at,
                format!("`{}` costs nothing here", cost.control),
                "add `once` or `yearly`",
            );
        }
    }
    frameworks(declared, known, faults);
}

fn frameworks(declared: &Declared, known: &Known, faults: &mut Faults<'_>) {
    let names = declared.frameworks.iter().map(|it| &*it.framework);
    faults.repeated("frameworks", "framework", names);
    for (index, it) in declared.frameworks.iter().enumerate() {
        let at = format!("frameworks[{index}]");
        let ids = known.frameworks.keys().map(String::as_str);
        reference(faults, &format!("{at}.framework"), "framework", &it.framework, ids);
        let (Some(baseline), Some(baselines)) = (&it.baseline, known.frameworks.get(&it.framework)) else {
            continue;
        };
        if !baselines.contains(baseline) {
            let help = match offer(baseline, baselines.iter().map(String::as_str)) {
                help if help.is_empty() && baselines.is_empty() => "leave `baseline` out".to_owned(),
                help if help.is_empty() => {
                    format!("it has {}", baselines.iter().cloned().collect::<Vec<_>>().join(", "))
                }
                help => help,
            };
            faults.add(
                &format!("{at}.baseline"),
                format!("`{}` has no baseline `{baseline}`", it.framework),
                help,
            );
        }
    }
}
