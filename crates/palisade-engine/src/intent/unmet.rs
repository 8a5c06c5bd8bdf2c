//! Intent that meets nothing in any system: a name that has changed, a threat that is gone.

use std::collections::BTreeSet;

use palisade_inventory::{DiagramChange, FieldPath, Intent, Notice, Pattern, offer};

use super::decisions::About;
use crate::assessment::SystemAssessment;

/// A word about each part of intent that names something that is in none of the systems, and what may have been meant.
pub(crate) fn unmet(systems: &[SystemAssessment], intent: &Intent) -> Vec<Notice> {
    let ids: BTreeSet<&str> = systems
        .iter()
        .flat_map(|system| &system.system.elements)
        .map(|element| element.id.as_str())
        .collect();
    let mut unmet = Unmet {
        intent,
        ids,
        notices: Vec::new(),
    };
    let declared = &intent.declared;
    for (index, service) in declared.services.iter().enumerate() {
        unmet.patterns(&format!("services[{index}].elements"), &service.elements);
    }
    for (index, asset) in declared.assets.iter().enumerate() {
        unmet.patterns(&format!("assets[{index}].elements"), &asset.elements);
    }
    for (index, element) in declared.elements.iter().enumerate() {
        if element.change == DiagramChange::Correct {
            unmet.pattern(&format!("elements[{index}].id"), &element.id);
        }
    }
    for (index, flow) in declared.flows.iter().enumerate() {
        if flow.change != DiagramChange::Remove {
            unmet.pattern(&format!("flows[{index}].from"), &flow.from);
            unmet.pattern(&format!("flows[{index}].to"), &flow.to);
        }
    }
    for (index, boundary) in declared.boundaries.iter().enumerate() {
        unmet.patterns(&format!("boundaries[{index}].elements"), &boundary.elements);
    }
    for (index, control) in declared.controls.iter().enumerate() {
        unmet.patterns(&format!("controls[{index}].elements"), &control.elements);
    }
    unmet.threats(systems);
    unmet.waivers(systems);
    unmet.notices
}

struct Unmet<'a> {
    intent: &'a Intent,
    ids: BTreeSet<&'a str>,
    notices: Vec<Notice>,
}

impl Unmet<'_> {
    fn patterns(&mut self, list: &str, patterns: &[String]) {
        for (index, pattern) in patterns.iter().enumerate() {
            self.pattern(&format!("{list}[{index}]"), pattern);
        }
    }

    fn pattern(&mut self, path: &str, text: &str) {
        let pattern = Pattern::new(text);
        if self.ids.iter().any(|id| pattern.matches(id)) {
            return;
        }
        let help = if text.contains('*') {
            String::new()
        } else {
            offer(text, self.ids.iter().copied())
        };
        self.tell(path, format!("no element is `{text}`"), &help);
    }

    fn threats(&mut self, systems: &[SystemAssessment]) {
        let intent = self.intent;
        let threats = || systems.iter().flat_map(|system| &system.threats);
        for (index, disposition) in intent.declared.dispositions.iter().enumerate() {
            let about = About::of(disposition);
            if !threats().any(|threat| about.matches(threat)) {
                self.tell(
                    &format!("dispositions[{index}]"),
                    "no threat is what this decides about".to_owned(),
                    "",
                );
            }
        }
        let ids: BTreeSet<&str> = threats().map(|threat| &*threat.id).collect();
        for (index, requirement) in intent.declared.requirements.iter().enumerate() {
            for (threat, id) in requirement
                .threats
                .iter()
                .enumerate()
                .filter(|(_, id)| !ids.contains(&***id))
            {
                self.tell(
                    &format!("requirements[{index}].threats[{threat}]"),
                    format!("there is no threat `{id}`"),
                    "",
                );
            }
        }
    }

    /// What is waived names the line of the waiver that it falls under.
    fn waivers(&mut self, systems: &[SystemAssessment]) {
        let intent = self.intent;
        let applied = systems.iter().flat_map(|system| {
            let findings = system.findings.iter().map(|finding| &finding.waiver);
            findings.chain(system.paths.iter().map(|path| &path.waiver))
        });
        let used: BTreeSet<&str> = applied
            .flatten()
            .filter(|waiver| waiver.evidence.file == intent.file)
            .map(|waiver| waiver.evidence.path.as_str())
            .collect();
        for index in 0..intent.declared.waivers.len() {
            let path = format!("waivers[{index}]");
            if !used.contains(path.as_str()) {
                let message = "nothing that was found is what this waives, or another waiver is about it already";
                self.tell(&path, message.to_owned(), "");
            }
        }
    }

    fn tell(&mut self, path: &str, message: String, help: &str) {
        let position = self.intent.locate(&FieldPath::parse(path));
        self.notices.push(Notice {
            file: self.intent.file.to_string(),
            line: position.line.saturating_add(1),
            column: position.column.saturating_add(1),
            code: "intent-unmet".to_owned(),
            message: if help.is_empty() {
                message
            } else {
                format!("{message}; {help}")
            },
        });
    }
}
