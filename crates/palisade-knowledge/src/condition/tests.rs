//! What conditions promise, on examples, on random documents, and against what an API server said.

use std::fs;

use palisade_inventory::Node;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Condition, ConditionError, Verdict};
use crate::kubernetes_version::KubernetesVersion;
use crate::testing::{self, node};

fn evaluate(source: &str, object: &Node) -> Verdict {
    Condition::compile(source)
        .unwrap_or_else(|error| panic!("{source}: {error}"))
        .evaluate(&[("object", object)])
}

#[track_caller]
fn check(source: &str, object: &Json, expected: &str) {
    let said = match evaluate(source, &node(object)) {
        Verdict::Match => "true".to_owned(),
        Verdict::NoMatch => "false".to_owned(),
        Verdict::NotEvaluated(reason) => reason,
    };
    assert_eq!(said, expected, "{source} over {object}");
}

#[test]
fn errors_name_no_value() {
    let object = json!({"secret": "hunter2", "a": {}, "n": 7});
    for source in [
        "object.a[object.secret] == 1",
        "quantity(object.secret).sign() == 1",
        "int(object.secret) == 1",
        "duration(object.secret) == duration('1s')",
        "object.secret + object.n == 'x'",
        "ip(object.secret).family() == 4",
        "'a'.matches(object.secret + '(')",
        "object.secret.find('[') == ''",
    ] {
        let Verdict::NotEvaluated(reason) = evaluate(source, &node(&object)) else {
            panic!("{source} has a value");
        };
        assert!(
            !reason.contains("hunter2") && !reason.contains('7'),
            "{source}: {reason}"
        );
    }
}

/// Each is true, as it is to the API server.
#[test]
fn semantics_of_the_language() {
    let object = json!({
        "name": "web", "n": 3, "f": 1.5, "yes": true, "list": [3, 1, 2], "names": ["a", "b"],
        "labels": {"app": "web", "tier": "front"}, "empty": [], "items": [{"k": "x", "v": 1}, {"k": "y"}],
    });
    let object = node(&object);
    let mut wrong = Vec::new();
    for source in [
        // Optionals: what follows is looked for only if it is there.
        "object.?spec.replicas.orValue(1) == 1 && !object.?spec.a.b.c.hasValue()",
        "object.labels[?'app'].orValue('') == 'web' && object[?'nothing'] == optional.none()",
        "object.list[?9].orValue(7) == 7 && object.name.?x.orValue('none') == 'none'",
        "[?object.?name, ?object.?nothing].size() == 1 && {?'a': object.?nothing}.size() == 0",
        "object.?n.optMap(n, n + 1).orValue(0) == 4 && object.?n.optFlatMap(n, optional.none()).hasValue() == false",
        "optional.ofNonZeroValue('').hasValue() == false && object.list.first().value() == 3",
        // Numbers: compared across types, equal only by value, added only within a type.
        "object.n < 3.5 && object.f > 1 && 1u < 2 && -1 < 1u && object.n == 3 && dyn(3.0) == object.n",
        "object.n / 2 == 1 && -7 / 2 == -3 && -7 % 2 == -1 && 7u % 4u == 3u && 1.0 / 0.0 > 1e308",
        "int(2.9) == 2 && int('-5') == -5 && uint(3) == 3u && double('1e3') == 1000.0 && string(1e21) == '1e+21'",
        "string(1.5) == '1.5' && string(100000.0) == '100000' && string(1000000.0) == '1e+06' && bool('T')",
        // Texts count characters.
        "'héé'.size() == 3 && 'héé'.indexOf('é', 2) == 2 && 'héé'.substring(1, 2) == 'é' && 'abc'.charAt(3) == ''",
        "'a,b,c'.split(',', 2) == ['a', 'b,c'] && ''.split(',') == [''] && 'abc'.split('') == ['a', 'b', 'c']",
        "'aaa'.replace('a', 'b', 2) == 'bba' && 'a-b'.lastIndexOf('-') == 1 && ' x\\t'.trim() == 'x'",
        "'%s is %d, %.2f, %x'.format(['n', 3, 1.005, 255]) == 'n is 3, 1.00, ff' && '%s'.format([[1, 'a']]) == '[1, a]'",
        "'a1b22'.findAll('[0-9]+') == ['1', '22'] && 'a1b22'.findAll('[0-9]+', 1) == ['1'] && 'a'.find('b') == ''",
        "b'abc'.size() == 3 && string(b'abc') == 'abc' && bytes('é').size() == 2",
        // Lists and maps.
        "object.list.sort() == [1, 2, 3] && [3, 1].max() == 3 && object.list.sum() == 6 && !object.list.isSorted()",
        "[[1], [2, 3]].flatten().size() == 3 && [1, 2, 3].slice(1, 2) == [2] && [1, 1].distinct() == [1]",
        "object.items.sortBy(i, i.k)[0].k == 'x' && lists.range(3) == [0, 1, 2] && [1, 2].reverse() == [2, 1]",
        "'app' in object.labels && 2 in object.list && !('x' in object.empty) && 1.0 in [1.0]",
        "{'a': 1}.a == 1 && {'a': 1}['a'] == 1 && {'a': 1, 'b': 2} == {'b': 2, 'a': 1} && {1: 'x'}[1] == 'x'",
        "object.labels.map(k, k) == ['app', 'tier'] && object.labels.all(k, v, k != v) && !has(object.labels.none)",
        "object.names.map(n, n != 'a', n + '!') == ['b!'] && object.names.exists_one(n, n == 'a')",
        "object.names.transformList(i, n, i > 0, n) == ['b'] && {'a': 1}.transformMap(k, v, v + 1) == {'a': 2}",
        "object.names.existsOne(i, n, i == 0) && sets.equivalent([1, 2, 2], [2, 1]) && sets.intersects([1], [1, 2])",
        // Errors that something else makes unimportant.
        "object.items.exists(i, i.v == 1) && !object.items.all(i, i.v == 2) && (object.nothing || true)",
        "!(object.items.map(i, i.k) == ['x']) && (object.yes ? true : object.nothing)",
        // Types.
        "type(object.n) == int && type(object.f) == double && type(object.labels) == map && type('') == string",
        "type(object.empty) == list && type(null) == null_type && type(type(1)) == type && type(1u) == uint",
        // Kubernetes' own.
        "quantity('1.5Gi').add(quantity('512Mi')) == quantity('2Gi') && quantity('5').sub(2).asInteger() == 3",
        "quantity('100m').isInteger() == false && quantity('50m').asApproximateFloat() < 0.06",
        "url('https://a.b:80/p?x=1&x=2').getPort() == '80' && url('https://a.b/p?x=1').getQuery()['x'] == ['1']",
        "ip('::1').isLoopback() && ip('127.0.0.1').family() == 4 && string(ip('10.0.0.1')) == '10.0.0.1'",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')",
        "!cidr('10.0.0.0/8').containsIP('11.0.0.1') && cidr('fd00::/8').prefixLength() == 8 && !isCIDR('10.0.0.0/33')",
        "semver('1.10.0').isGreaterThan(semver('1.9.0')) && isSemver('v1.2', true) && !isSemver('v1.2')",
        // Time.
        "timestamp('2026-03-01T00:00:00Z') - timestamp('2026-02-28T00:00:00Z') == duration('24h')",
        "timestamp('2026-11-22T15:30:00+02:00').getHours() == 13 && timestamp('2026-11-22T23:00:00Z').getDate('+02:00') == 23",
        "duration('90m').getHours() == 1 && string(duration('1.5s')) == '1.5s' && timestamp(0).getDayOfWeek() == 4",
    ] {
        match Condition::compile_for(source, KubernetesVersion::NEWEST) {
            Ok(condition) => match condition.evaluate(&[("object", &object)]) {
                Verdict::Match => {}
                other => wrong.push(format!("{source}: {other:?}")),
            },
            Err(error) => wrong.push(format!("{source}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The documentation names every function there is.
#[test]
fn functions_are_documented() {
    let documentation = include_str!("../../../../docs/conditions.md");
    for name in super::library::get().names() {
        assert!(
            documentation.contains(&format!("`{name}`")),
            "docs/conditions.md lacks `{name}`"
        );
    }
}

#[test]
fn null_fields_are_absent() {
    check("has(object.a)", &json!({"a": null}), "false");
    check("object.?a.hasValue()", &json!({"a": null}), "false");
    check("'a' in object", &json!({"a": null}), "false");
    check("object.size() == 0", &json!({"a": null}), "true");
    check("object.all(k, k == 'b')", &json!({"a": null, "b": 1}), "true");
    check("object.a == 1", &json!({"a": null}), "the field `a` is absent");
}

#[test]
fn integers_are_signed() {
    check("object.a - 5 == -2", &json!({"a": 3}), "true");
    check("object.a < 2.5", &json!({"a": 2}), "true");
}

#[test]
fn an_error_beside_what_decides_does_not_count() {
    for source in [
        "true || object.b.c",
        "object.b.c || true",
        "!(false && object.b.c)",
        "!(object.b.c && false)",
        "object.a.exists(x, x == 1 || x.y)",
        "[1, 2].exists(x, x == 1 ? object.b.c : true)",
        "!['x', 'y'].all(x, x == 'x' ? object.b.c : false)",
    ] {
        check(source, &json!({"a": [2, 1]}), "true");
    }
    check("false || object.b", &json!({}), "the field `b` is absent");
    check("object.b && true", &json!({}), "the field `b` is absent");
}

#[test]
fn what_is_no_boolean_is_not_evaluated() {
    check("object.a", &json!({"a": 1}), "it is of type int, not a boolean");
    check(
        "object.?a.orValue('x')",
        &json!({}),
        "it is of type string, not a boolean",
    );
}

#[test]
fn dropped_texts_are_there_but_say_nothing() {
    let object = json!({"a": {"$redacted": true}, "b": {"$redacted": false}});
    check("object.a == '«credential»' && object.b == '«text»'", &object, "true");
    check("has(object.b) && object.b != ''", &object, "true");
}

#[test]
fn kubernetes_functions() {
    let object = json!({"image": "ghcr.io/a/b:1", "memory": "512Mi"});
    for source in [
        "object.image.matches('^ghcr\\\\.io/')",
        "object.image.find('[0-9]+$') == '1'",
        "object.image.findAll('[a-z]+').size() == 4",
        "quantity(object.memory).isLessThan(quantity('1Gi'))",
        "quantity(object.memory).compareTo(quantity('0.5Gi')) == 0",
        "quantity('1').isGreaterThan(quantity('999m')) && quantity('0').sign() == 0",
        "isQuantity('1Gi') && !isQuantity('big')",
        "object.image.split('/')[0] == 'ghcr.io' && ['a', 'b'].join('-') == 'a-b'",
        "object.image.lowerAscii().substring(0, 4) == 'ghcr' && object.image.indexOf(':') == 11",
        "optional.of(1).orValue(2) == 1 && optional.none().orValue(2) == 2",
        "object[?'tag'].orValue('none') == 'none'",
    ] {
        check(source, &object, "true");
    }
}

#[test]
fn what_the_api_server_refuses_does_not_compile() {
    let refused = |source: &str| {
        let Err(error) = Condition::compile(source) else {
            return format!("COMPILES: {source}");
        };
        error.to_string()
    };
    insta::assert_snapshot!(
        [
            "nosuch(1)",
            "object.a.reverse() == ['x']",
            "object.a &&\n  object.b.foo()",
            "['a'].all(i, x, x == 'a')",
            "semver('1.2.3').major() == 1",
            "1 == 'a'",
            "1 == 1.0",
            "'a'.b == 'c'",
            "object.a.startsWith(1)",
            "[1, 'a'].size() == 2",
            "object.b in [object.a, 'a']",
            "object.a ? 1 : 'a'",
            "1 + 2",
            "Foo{a: 1} == 1",
            "object.a.matches('(')",
            "object.a ==",
            "true || (1 +",
            "",
        ]
        .map(refused)
        .join("\n"),
        @"
    `nosuch` at 1:7 is not a function that conditions may call
    `reverse` at 1:17 is there since Kubernetes 1.34, not in 1.30
    `foo` at 2:15 is not a function that conditions may call
    a macro with two variables at 1:10 can't be used in conditions: it needs two different names, and Kubernetes 1.32
    `semver` at 1:7 is there since Kubernetes 1.33, not in 1.30
    the types do not fit at 1:3: `==` is not for int and string
    the types do not fit at 1:3: `==` is not for int and double
    the types do not fit at 1:4: string has no fields
    the types do not fit at 1:20: `startsWith` is not for dyn and int
    the types do not fit at 1:5: string stands beside int
    the types do not fit at 1:24: string stands beside dyn
    the types do not fit at 1:10: `?:` is not for dyn and int and string
    the types do not fit at 1:1: it must be a bool, and is int
    the types do not fit at 1:4: `Foo` is no type that can be made here
    the pattern at 1:18 is not a regular expression: unclosed group
    the condition does not parse at 1:12: mismatched input '<EOF>'
    the condition does not parse at 1:13: mismatched input '<EOF>'
    the condition does not parse at 1:1: mismatched input '<EOF>'
    "
    );
}

#[test]
fn an_expression_that_stands_alone_must_be_a_boolean_by_its_types() {
    let stands = |source| Condition::compile_for(source, KubernetesVersion::NEWEST).is_ok();
    assert!(stands("object.?a.orValue(true) == true"));
    assert!(stands("object.a.exists(x, x)"));
    assert!(stands("optional.none().orValue(true)"));
    assert!(!stands("object.?a.orValue(true)"));
    assert!(!stands("object.a"));
    assert!(!stands("object.a ? true : object.b"));
}

#[test]
fn the_steps_of_an_evaluation_are_bounded() {
    let object = node(&json!({"a": vec![1; 30]}));
    let nested = "object.a.all(x, object.a.all(y, x + y > 0))";
    let within = |source: &str, steps| {
        let condition = Condition::compile(source).expect(source);
        condition.evaluate_within(&[("object", &object)], steps)
    };
    let cost = Verdict::NotEvaluated("cost: the evaluation takes more steps than are allowed".to_owned());
    assert_eq!(within(nested, 100_000), Verdict::Match);
    assert_eq!(within(nested, 1_000), cost);
    // Unlike other errors it is not absorbed.
    assert_eq!(within(&format!("true || {nested}"), 1_000), Verdict::Match);
    assert_eq!(within(&format!("{nested} || true"), 1_000), cost);
    assert_eq!(within(&format!("[1, 2].exists(i, i == 2 || {nested})"), 1_000), cost);
}

#[test]
fn variables_must_be_bound_by_the_view() {
    let condition =
        Condition::compile("container.a == 1 ||\n  pods.all(container, container == x)").expect("it compiles");
    assert_eq!(
        condition
            .check(&["container", "pod"])
            .map_err(|error| error.to_string()),
        Err("`pods` at 2:3 is not a variable of this view; it binds container, pod".to_owned())
    );
    assert_eq!(condition.check(&["container", "pods", "x"]), Ok(()));
    assert!(matches!(condition.evaluate(&[]), Verdict::NotEvaluated(_)));
}

#[test]
fn no_accepted_expression_overflows_the_stack() {
    // A small stack stands for a busy one.
    std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(|| {
            for (part, tail) in [
                ("(", "1"),
                ("!", "a"),
                ("-", "1"),
                ("[", "1"),
                ("a ? a : ", "a"),
                ("a+", "a"),
                ("a.b || ", "a"),
            ] {
                for times in 1..120 {
                    let open = part.repeat(times);
                    let close = match part {
                        "(" => ")".repeat(times),
                        "[" => "]".repeat(times),
                        _ => String::new(),
                    };
                    if let Ok(condition) = Condition::compile(&format!("{open}{tail}{close}")) {
                        condition.evaluate(&[]);
                    }
                }
            }
            let chain = format!("a{}", ".b".repeat(90));
            drop(Condition::compile(&chain).expect("it compiles").evaluate(&[]));
        })
        .expect("a thread")
        .join()
        .expect("no overflow");
}

#[test]
fn positions_and_unread_fields_do_not_change_the_projection() {
    let condition = Condition::compile("object.spec.?hostPID.orValue(false)").expect("it compiles");
    let projection = |object: Json| condition.projection(&[("object", &node(&object))]);
    let base = projection(json!({"spec": {"hostPID": true, "a": 1}, "b": 2}));
    assert_eq!(base, projection(json!({"c": 3, "spec": {"a": null, "hostPID": true}})));
    assert_ne!(base, projection(json!({"spec": {"hostPID": false}})));
    assert_ne!(base, projection(json!({"spec": {}})));
    assert_ne!(base, projection(json!({})));
    assert_ne!(projection(json!({"spec": {}})), projection(json!({"spec": []})));
    assert_ne!(base, condition.projection(&[]));
}

/// Conditions in the ways that the catalogue writes them.
const SHAPES: [&str; 26] = [
    "object.a == 1",
    "object.?a.?b.orValue(false)",
    "has(object.a) && has(object.a.b)",
    "object.?a.orValue([]).exists(x, x == 'p')",
    "object.?a.orValue([]).exists(x, has(x.b) && x.b == 'p')",
    "object.?a.orValue([]).filter(x, has(x.b)).size() > 1",
    "object.?a.orValue([]).map(x, x.?b.orValue('q')).all(y, y == 'q')",
    "'p' in object.?a.orValue([])",
    "'p' in object.a",
    "object.b in object.a",
    "object.a.all(k, object.a[k] == 'q')",
    "object.a.exists(k, object.a[k].b == 1)",
    "object.a[0].b == 'p'",
    "object.a[?'b'].orValue(object.?b.orValue(0)) == 1",
    "size(object.a) == 2",
    "object.a.size() > object.b.size()",
    "(object.a + object.b).exists(x, x.c == 1)",
    "(object.?a.orValue([]) + object.?b.orValue([])).size() == 3",
    "(has(object.c) ? object.a : object.b).exists(x, x == 1)",
    "object.a == object.b",
    "object.a.exists_one(x, x == 1)",
    "object.?a.or(object.?b).hasValue()",
    "object.?a.or(object.?b).value() == 1",
    "[object.a, object.b].exists(x, x.c == 1)",
    "object.a.filter(k, k == 'b').map(k, object.a[k]).exists(x, x == 1)",
    "object.a.exists(x, x.b.exists(y, y.c == object.c))",
];

fn document() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Json::from),
        (0..3_i64).prop_map(Json::from),
        prop::sample::select(vec!["p", "q", "b", ""]).prop_map(Json::from),
        any::<bool>().prop_map(|credential| json!({"$redacted": credential})),
    ];
    let value = leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            object(inner),
        ]
    });
    object(value)
}

fn object(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    prop::collection::vec((prop::sample::select(vec!["a", "b", "c", "d"]), value), 0..4).prop_map(|entries| {
        Json::Object(
            entries
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is left out of a projection is not read: with the whole document in hand, the verdict is the same.
    #[test]
    fn pruning_does_not_change_the_verdict(document in document(), shape in prop::sample::select(SHAPES.to_vec())) {
        let object = node(&document);
        let pruned = Condition::compile(shape).expect(shape);
        // Comparing the variable with itself makes the analysis read all of it.
        let whole = Condition::compile(&format!("({shape}) && object == object")).expect(shape);
        let (pruned, whole) = (pruned.evaluate(&[("object", &object)]), whole.evaluate(&[("object", &object)]));
        let both_fail = matches!((&pruned, &whole), (Verdict::NotEvaluated(_), Verdict::NotEvaluated(_)));
        prop_assert!(pruned == whole || both_fail, "{pruned:?} {whole:?}");
    }

    /// Equal bytes, equal verdict, errors included.
    #[test]
    fn equal_projections_have_equal_verdicts(a in document(), b in document(), shape in prop::sample::select(SHAPES.to_vec())) {
        let (a, b) = (node(&a), node(&b));
        let condition = Condition::compile(shape).expect(shape);
        if condition.projection(&[("object", &a)]) == condition.projection(&[("object", &b)]) {
            prop_assert_eq!(condition.evaluate(&[("object", &a)]), condition.evaluate(&[("object", &b)]));
        }
    }

    #[test]
    fn compiling_never_panics(source in "[a-z(){}\\[\\]'\"?:.,|&!+=0-9 \\\\]{0,60}") {
        let _ = Condition::compile(&source);
    }
}

/// Every expression that is ours to evaluate has the server's value on every pod, errors included.
#[test]
fn the_api_server_agrees() {
    let Some(folder) = testing::corpus("conformance/cel") else {
        return;
    };
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let expressions: Vec<Json> = serde_json::from_str(&read("expressions.json")).expect("a list");
    let pods: Vec<(Node, Json)> = read("values.jsonl")
        .lines()
        .map(|line| {
            let line: Json = serde_json::from_str(line).expect("an object");
            let parsed = |key: &str| match &line[key] {
                Json::String(text) => serde_json::from_str(text).expect(key),
                other => other.clone(),
            };
            (node(&parsed("object")), parsed("values"))
        })
        .collect();

    let version = KubernetesVersion::new(36);
    let mut compared = 0;
    let mut refused = Vec::new();
    let mut wrong = Vec::new();
    for expression in &expressions {
        let source = expression["expression"].as_str().expect("a text");
        let compiled = Condition::compile_for(source, version)
            .and_then(|condition| condition.check(&["object"]).map(|()| condition));
        if !expression["compiles"].as_bool().expect("a boolean") {
            if compiled.is_ok() {
                wrong.push(format!("the server refuses {source}"));
            }
            continue;
        }
        let condition = match compiled {
            Ok(condition) => condition,
            Err(ConditionError::UnknownVariable { name, .. } | ConditionError::UnknownFunction { name, .. }) => {
                refused.push(name);
                continue;
            }
            Err(error) => {
                wrong.push(format!("{source}: {error}"));
                continue;
            }
        };
        compared += 1;
        for (index, (pod, values)) in pods.iter().enumerate() {
            let expected = &values[expression["id"].to_string()];
            let verdict = condition.evaluate(&[("object", pod)]);
            let said = match &verdict {
                Verdict::Match => json!(true),
                Verdict::NoMatch => json!(false),
                Verdict::NotEvaluated(_) => json!("error"),
            };
            if &said != expected {
                wrong.push(format!("{source} on pod {index}: {verdict:?}, not {expected}"));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(compared, 115);
    // What only admission has.
    assert_eq!(refused.join(" "), "request request namespaceObject group path");
}
