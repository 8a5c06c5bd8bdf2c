//! Services, assets, appetite, actors.

use palisade_inventory::{Amount, Asset, Attempts, Declared, LossRange};

use super::{Known, one_of, patterns, reference};
use crate::intent::fault::Faults;

/// More determined attempts than one an hour are not attempts but traffic.
const MOST_ATTEMPTS: f64 = 10_000.0;

pub(super) fn check(declared: &Declared, known: &Known, faults: &mut Faults<'_>) {
    services(declared, faults);
    faults.repeated("assets", "name", declared.assets.iter().map(|asset| &*asset.name));
    for (index, it) in declared.assets.iter().enumerate() {
        asset(faults, &format!("assets[{index}]"), it, declared);
    }
    appetite(declared, faults);
    faults.repeated("actors", "actor", declared.actors.iter().map(|actor| &*actor.actor));
    for (index, actor) in declared.actors.iter().enumerate() {
        let at = format!("actors[{index}]");
        one_of(faults, &format!("{at}.actor"), "actor", &actor.actor, &known.actors);
        if let Some(range) = &actor.attempts {
            attempts(faults, &at, range);
        }
    }
}

fn services(declared: &Declared, faults: &mut Faults<'_>) {
    faults.repeated(
        "services",
        "name",
        declared.services.iter().map(|service| &*service.name),
    );
    for (index, service) in declared.services.iter().enumerate() {
        faults.empty(&format!("services[{index}].name"), &service.name);
        patterns(faults, &format!("services[{index}].elements"), &service.elements);
    }
}

fn asset(faults: &mut Faults<'_>, at: &str, asset: &Asset, declared: &Declared) {
    faults.empty(&format!("{at}.name"), &asset.name);
    if asset.elements.is_empty() {
        let help = "name where it is: `elements: [StatefulSet/shop/db]`";
        faults.add(
            &format!("{at}.elements"),
            format!("the asset `{}` is nowhere", asset.name),
            help,
        );
    }
    patterns(faults, &format!("{at}.elements"), &asset.elements);
    if let Some(service) = &asset.service {
        let services = declared.services.iter().map(|service| &*service.name);
        reference(faults, &format!("{at}.service"), "service", service, services);
    }
    let Some(loss) = &asset.loss else { return };
    for (property, range) in [
        ("confidentiality", &loss.confidentiality),
        ("integrity", &loss.integrity),
        ("availability", &loss.availability),
    ] {
        if let Some(range) = range {
            loss_range(faults, &format!("{at}.loss.{property}"), range);
        }
    }
}

fn loss_range(faults: &mut Faults<'_>, at: &str, range: &LossRange) {
    let (likely, worst) = (range.likely, range.worst());
    if likely > worst {
        faults.add(
            &format!("{at}.worst"),
            format!("the worst loss `{worst}` is less than the likely one `{likely}`"),
            "exchange the two",
        );
    } else if likely == Amount::ZERO && worst > Amount::ZERO {
        faults.add(
            &format!("{at}.likely"),
            "a likely loss of nothing leaves no range to the worst",
            "write what an incident costs as often more as less, were it only an hour of work",
        );
    }
}

fn appetite(declared: &Declared, faults: &mut Faults<'_>) {
    if let (Some(lower), Some(upper)) = (declared.appetite.lower, declared.appetite.upper)
        && lower > upper
    {
        faults.add(
            "appetite.lower",
            format!("the lower boundary `{lower}` is above the upper one `{upper}`"),
            "exchange the two",
        );
    }
}

fn attempts(faults: &mut Faults<'_>, actor: &str, range: &Attempts) {
    for (end, number) in [("low", range.low), ("high", range.high)] {
        let at = format!("{actor}.attempts.{end}");
        if number < 0.0 {
            faults.add(
                &at,
                format!("`{number}` attempts a year are fewer than none"),
                "write 0 or more",
            );
        } else if !number.is_finite() || number > MOST_ATTEMPTS {
            faults.add(
                &at,
                format!("`{number}` is too many: determined attempts at this system, not knocks at the door"),
                format!("write at most {MOST_ATTEMPTS} a year"),
            );
        }
    }
    if range.low > range.high {
        faults.add(
            &format!("{actor}.attempts.low"),
            format!("`low` is `{}` and above `high`, `{}`", range.low, range.high),
            "exchange the two",
        );
    } else if range.low == 0.0 && range.high > 0.0 {
        faults.add(
            &format!("{actor}.attempts.low"),
            "`low` is 0 although `high` is not",
            "write a small number: 0.01 is once in a hundred years",
        );
    }
}
