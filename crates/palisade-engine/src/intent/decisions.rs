//! What is decided about single threats. A decision changes a row's state and says why; it never hides one.

use palisade_inventory::{Date, Disposition, DispositionState, Intent, Pattern};
use palisade_knowledge::Stride;

use super::evidence;
use crate::assessment::{Decision, Threat, ThreatState};
use crate::threats::word;

/// Applies what is decided. Where several decisions are about one threat the first one counts.
pub(crate) fn decide(threats: &mut [Threat], intent: &Intent, as_of: Option<Date>) {
    for (index, disposition) in intent.declared.dispositions.iter().enumerate() {
        let about = About::of(disposition);
        for threat in threats
            .iter_mut()
            .filter(|threat| threat.decision.is_none() && about.matches(threat))
        {
            let has_ended = disposition.until.zip(as_of).is_some_and(|(until, today)| until < today);
            let state = match disposition.state {
                DispositionState::NotApplicable => ThreatState::NotApplicable,
                DispositionState::MitigatedElsewhere => ThreatState::Mitigated,
                DispositionState::Accepted => ThreatState::Accepted,
            };
            let found = threat.state;
            if !has_ended {
                threat.state = state;
            }
            threat.decision = Some(Decision {
                state,
                found,
                reason: disposition.reason.clone(),
                owner: disposition.owner.clone(),
                until: disposition.until,
                has_ended,
                evidence: evidence(intent, &format!("dispositions[{index}]"), "decided"),
            });
        }
    }
}

/// The threats that a disposition is about.
pub(super) struct About<'a> {
    disposition: &'a Disposition,
    from: Option<Pattern>,
    to: Option<Pattern>,
}

impl<'a> About<'a> {
    pub(super) fn of(disposition: &'a Disposition) -> Self {
        Self {
            disposition,
            from: disposition.element.as_ref().map(Pattern::new),
            to: disposition.to.as_ref().map(Pattern::new),
        }
    }

    pub(super) fn matches(&self, threat: &Threat) -> bool {
        match (&self.disposition.threat, &self.from) {
            (Some(id), _) => threat.id == *id,
            (None, Some(from)) => {
                let to = match (&self.to, &threat.to) {
                    (None, None) => true,
                    (Some(pattern), Some(to)) => pattern.matches(to.as_str()),
                    _ => false,
                };
                to && from.matches(threat.element.as_str()) && self.is_category(threat.category)
            }
            (None, None) => false,
        }
    }

    fn is_category(&self, category: Stride) -> bool {
        self.disposition.category.as_deref() == Some(word(category))
    }
}
