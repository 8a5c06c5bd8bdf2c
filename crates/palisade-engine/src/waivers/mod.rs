//! Findings and attack paths that people bear knowingly, for a time: declared in `palisade.yaml`, or written on the object
//! itself, in our words or those of another checker. A waiver changes nothing of the model and hides nothing: what it is
//! about says so, and does not count until the waiver ends.

mod annotation;
mod peers;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use palisade_inventory::{Date, FieldPath, Intent, Node, Notice, Pattern};

use self::annotation::Said;
use crate::assessment::{AppliedWaiver, AttackPath, Finding};
use crate::intent;
use crate::system::{ElementId, Evidence, System};

/// All waivers of a system.
#[derive(Debug, Default)]
pub(crate) struct Waivers {
    declared: Vec<Waiver>,
    /// Those written on an object, by its element.
    annotated: BTreeMap<ElementId, Vec<Waiver>>,
    /// Those of ours that can't be read.
    pub(crate) faults: Vec<Notice>,
}

#[derive(Debug)]
struct Waiver {
    /// Weaknesses and attack steps: any of these.
    rules: Vec<Pattern>,
    /// Elements: any of these; everywhere where there are none.
    elements: Vec<Pattern>,
    applied: AppliedWaiver,
}

impl Waivers {
    /// Those that are declared, and those that objects carry.
    pub(crate) fn of(system: &System, intent: &Intent, as_of: Option<Date>) -> Self {
        let has_ended = |until: Option<Date>| until.zip(as_of).is_some_and(|(until, today)| until < today);
        let mut this = Self::default();
        for (index, waiver) in intent.declared.waivers.iter().enumerate() {
            this.declared.push(Waiver {
                rules: vec![Pattern::new(&waiver.rule)],
                elements: waiver.elements.iter().map(Pattern::new).collect(),
                applied: AppliedWaiver {
                    reason: waiver.reason.clone(),
                    owner: Some(waiver.owner.clone()),
                    until: Some(waiver.until),
                    has_ended: has_ended(Some(waiver.until)),
                    tool: None,
                    evidence: intent::evidence(intent, &format!("waivers[{index}]"), "waived"),
                },
            });
        }
        let root = FieldPath::root();
        let mut take =
            |element: &ElementId, file, document, path| this.annotations(element, file, document, path, &has_ended);
        let mut ids = BTreeMap::new();
        for element in &system.elements {
            ids.extend(element.resource.as_ref().map(|id| (id, &element.id)));
            for template in &element.templates {
                if !template.path.is_root() {
                    take(&element.id, &template.file, &template.document, &template.path);
                } else if element.resource.as_ref().is_none_or(|id| &*id.kind == "Pod") {
                    take(&element.id, &template.file, &template.document, &root);
                }
            }
        }
        for resource in system.resources.but_pods() {
            let id = ids
                .get(&resource.id)
                .map_or_else(|| ElementId::new(resource.id.to_string()), |id| (*id).clone());
            take(&id, &resource.content_file, &resource.content, &root);
        }
        this
    }

    /// Those that one object, or the template in it, carries.
    fn annotations(
        &mut self,
        element: &ElementId,
        file: &std::sync::Arc<str>,
        document: &Node,
        path: &FieldPath,
        has_ended: &impl Fn(Option<Date>) -> bool,
    ) {
        let Some(node) = document.lookup(path) else { return };
        for entry in node.entries(&["metadata", "annotations"]) {
            let at = || path.child("metadata").child("annotations").child(&*entry.key);
            let said = match annotation::read(&entry.key, entry.value.as_str()) {
                None => continue,
                Some(Ok(said)) => said,
                Some(Err(message)) => {
                    let place = Evidence::at(file, document, &at(), "");
                    self.faults.push(Notice {
                        file: place.file.to_string(),
                        line: place.line,
                        column: place.column,
                        code: "waiver-unreadable".to_owned(),
                        message,
                    });
                    continue;
                }
            };
            let Said {
                tool,
                rules,
                reason,
                owner,
                until,
            } = said;
            let waivers = self.annotated.entry(element.clone()).or_default();
            waivers.push(Waiver {
                rules: rules.iter().map(|rule| Pattern::new(&**rule)).collect(),
                elements: Vec::new(),
                applied: AppliedWaiver {
                    reason,
                    owner,
                    until,
                    has_ended: has_ended(until),
                    tool: tool.map(str::to_owned),
                    evidence: Evidence::at(file, document, &at(), "waived"),
                },
            });
        }
    }

    /// Says of each finding that is waived by whom.
    pub(crate) fn findings(&self, findings: &mut [Finding]) {
        for finding in findings.iter_mut().filter(|_| !self.is_empty()) {
            let ends: Vec<&ElementId> = [&finding.element].into_iter().chain(finding.to.as_ref()).collect();
            finding.waiver = self.of_rule(&finding.rule, &ends).cloned();
        }
    }

    /// Says of each path with a step that is waived by whom. All the alternatives that are told are paths of their own.
    pub(crate) fn paths(&self, paths: &mut [AttackPath]) {
        for path in paths.iter_mut().filter(|_| !self.is_empty()) {
            let waived = path
                .steps
                .iter()
                .filter_map(|step| self.of_rule(&step.step, &[&step.from, &step.to]));
            path.waiver = waived.min_by_key(|waiver| waiver.has_ended).cloned();
            self.paths(&mut path.alternatives);
        }
    }

    fn is_empty(&self) -> bool {
        self.declared.is_empty() && self.annotated.is_empty()
    }

    /// The first that stands, or else the first that stood.
    fn of_rule(&self, rule: &str, ends: &[&ElementId]) -> Option<&AppliedWaiver> {
        let on_it = ends.iter().filter_map(|end| self.annotated.get(*end)).flatten();
        let anywhere = self.declared.iter().filter(|waiver| {
            waiver.elements.is_empty()
                || ends
                    .iter()
                    .any(|end| waiver.elements.iter().any(|pattern| pattern.matches(end.as_str())))
        });
        let about = anywhere
            .chain(on_it)
            .filter(|waiver| waiver.rules.iter().any(|pattern| pattern.matches(rule)));
        about
            .map(|waiver| &waiver.applied)
            .min_by_key(|waiver| waiver.has_ended)
    }
}
