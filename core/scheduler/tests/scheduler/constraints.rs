//! Which nodes a constraint lets be used.

use expect_test::expect;

use crate::story::check;

#[test]
fn equal_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "=", "RTarget": "v1"}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a
            failed g 6
              ${meta.x} = v1 filtered 6, alone 6, nearest b has 9
              distinct_hosts filtered 1, alone 1, nearest a
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn not_equal_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "!=", "RTarget": "v1"}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b
            place g[1] on f
            place g[2] on d
            place g[3] on g
            place g[4] on e
            place g[5] on c
            failed g 1
              distinct_hosts filtered 6, alone 6, nearest b
              ${meta.x} != v1 filtered 1, alone 1, nearest a has v1
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn less_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "<", "RTarget": "10"}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b
            place g[1] on d
            failed g 5
              ${meta.x} < 10 filtered 5, alone 5, nearest a has v1
              distinct_hosts filtered 2, alone 2, nearest b
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn at_least_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": ">=", "RTarget": "10"}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a
            place g[1] on f
            place g[2] on e
            place g[3] on c
            failed g 3
              distinct_hosts filtered 4, alone 4, nearest a
              ${meta.x} >= 10 filtered 3, alone 3, nearest b has 9
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn version_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "version", "RTarget": ">= 1.2, < 2"}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on d
            failed g 6
              ${meta.x} version >= 1.2, < 2 filtered 6, alone 6, nearest a has v1
              distinct_hosts filtered 1, alone 1, nearest d
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn semver_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "semver", "RTarget": ">= 1.2.0"}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b
            place g[1] on d
            place g[2] on e
            place g[3] on c
            failed g 3
              distinct_hosts filtered 4, alone 4, nearest b
              ${meta.x} semver >= 1.2.0 filtered 3, alone 3, nearest a has v1
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn regexp_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "regexp", "RTarget": "^v[0-9]$"}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on a
            failed g 6
              ${meta.x} regexp ^v[0-9]$ filtered 6, alone 6, nearest b has 9
              distinct_hosts filtered 1, alone 1, nearest a
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn set_contains_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "set_contains", "RTarget": "b,a"}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on f
            failed g 6
              ${meta.x} set_contains b,a filtered 6, alone 6, nearest a has v1
              distinct_hosts filtered 1, alone 1, nearest f
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn set_contains_any_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "set_contains_any", "RTarget": "x,a"}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on f
            failed g 6
              ${meta.x} set_contains_any x,a filtered 6, alone 6, nearest a has v1
              distinct_hosts filtered 1, alone 1, nearest f
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn is_set_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "is_set", "RTarget": ""}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on b
            place g[1] on a
            place g[2] on f
            place g[3] on d
            place g[4] on e
            place g[5] on c
            failed g 1
              distinct_hosts filtered 6, alone 6, nearest a
              ${meta.x} is_set  filtered 1, alone 1, nearest g does not say
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn is_not_set_lets_these_nodes_be_used() {
    check(
        r##"
        node a meta.x=v1
        node b meta.x=9
        node c meta.x=10
        node d meta.x=1.2.3
        node e meta.x=2.0.0-rc1
        node f meta.x=a,b,c
        node g
        job web service count=7 {"Constraints": [{"LTarget": "${meta.x}", "Operand": "is_not_set", "RTarget": ""}, {"Operand": "distinct_hosts", "RTarget": "true"}]}
        eval web job-register
        "##,
        &expect![[r#"
            place g[0] on g
            failed g 6
              ${meta.x} is_not_set  filtered 6, alone 6, nearest a has v1
              distinct_hosts filtered 1, alone 1, nearest g
            eval blocked queued-allocs
        "#]],
    );
}
