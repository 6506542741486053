//! Why something was not placed: every reason with the node that came closest.

use expect_test::expect;

use crate::story::check;

#[test]
fn the_nearest_node_is_named_for_every_reason() {
    check(
        r#"
        node a mem=1000 attr.kernel.name=linux
        node b mem=2000 attr.kernel.name=linux
        node c mem=9000 attr.kernel.name=windows
        node d mem=9000
        node e mem=9000 attr.kernel.name=linux driver=!exec
        job web service mem=2120 count=2 {"Constraints": [{"LTarget": "${attr.kernel.name}", "Operand": "=", "RTarget": "linux"}]}
        eval web job-register
        "#,
        &expect![[r#"
            failed g 2
              ${attr.kernel.name} = linux filtered 2, alone 2, nearest c has windows
              memory exhausted 2, alone 2, nearest b short of 120 of 2120 MiB
              missing drivers filtered 1, alone 1, nearest e without exec
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn a_port_names_the_job_that_has_it() {
    check(
        r#"
        node a
        job old service
        alloc old 0 a running port=8080
        job web service {"Group": {"Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "http", "Value": 8080}]}]}}
        eval web job-register
        "#,
        &expect![[r#"
            failed g 1
              network: reserved port collision http=8080 exhausted 1, alone 1, nearest a gave it to old
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn a_node_that_lacks_two_things_is_not_one_change_away() {
    check(
        r#"
        node a mem=1000 cpu=100
        job web service mem=2000 cpu=500
        eval web job-register
        "#,
        &expect![[r#"
            failed g 1
              cpu exhausted 1, alone 0, nearest a short of 400 of 500 MHz
            eval blocked queued-allocs
        "#]],
    );
}

#[test]
fn a_class_that_was_ruled_out_is_named_by_its_constraint() {
    check(
        r#"
        node a class=x
        node b class=x
        job web service {"Constraints": [{"LTarget": "${node.class}", "Operand": "=", "RTarget": "y"}]}
        eval web job-register
        "#,
        &expect![[r#"
            failed g 1
              ${node.class} = y filtered 2, alone 2, nearest a has x
            eval blocked queued-allocs
        "#]],
    );
}
