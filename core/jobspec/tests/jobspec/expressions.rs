//! Expressions as values of `meta`, rule by rule: templates, references, functions and what they refuse.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::verdicts::draft;

/// Shows what each line becomes as a value of `meta`, or its finding.
fn values(lines: &str, want: Expect) {
    let mut out = String::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let result = draft(&format!("job \"j\" {{\n  meta = {{ v = {line} }}\n}}\n"))
            .map_or_else(|error| error, |job| job.meta.unwrap_or_default()["v"].clone());
        writeln!(out, "{line} -> {result:?}").expect("writing to a string does not fail");
    }
    want.assert_eq(&out);
}

#[test]
fn templates_have_directives_and_strip_markers() {
    values(
        r#"
        "%{ if true }yes%{ else }no%{ endif }"
        "a %{~ if false ~} yes %{~ else ~} no %{~ endif ~} b"
        "%{ for v in ["x", "y"] }<${v}>%{ endfor }"
        "%{ for i, v in ["x", "y"] ~}  ${i}=${v} %{ endfor ~}  !"
        "${~ " a " ~} b"
        "%{ for k, v in { b = 1, a = 2 } }${k}${v},%{ endfor }"
        "$${literal} %%{literal} $ % {}"
        "\u00e9\t\"q\" \\"
        "%{ if 1 > 2 }x%{ endif }"
        "%{ if "no" }x%{ endif }"
        "${null}"
        "%{ for v in 5 }x%{ endfor }"
        "#,
        expect![[r#"
            "%{ if true }yes%{ else }no%{ endif }" -> "yes"
            "a %{~ if false ~} yes %{~ else ~} no %{~ endif ~} b" -> "anob"
            "%{ for v in ["x", "y"] }<${v}>%{ endfor }" -> "<x><y>"
            "%{ for i, v in ["x", "y"] ~}  ${i}=${v} %{ endfor ~}  !" -> "0=x 1=y !"
            "${~ " a " ~} b" -> " a b"
            "%{ for k, v in { b = 1, a = 2 } }${k}${v},%{ endfor }" -> "a2,b1,"
            "$${literal} %%{literal} $ % {}" -> "${literal} %{literal} $ % {}"
            "\u00e9\t\"q\" \\" -> "é\t\"q\" \\"
            "%{ if 1 > 2 }x%{ endif }" -> ""
            "%{ if "no" }x%{ endif }" -> "x:2,24-26: Incorrect condition type; The condition expression must be of type bool."
            "${null}" -> "x:2,10-11: Unsuitable value type; Unsuitable value: null value is not allowed"
            "%{ for v in 5 }x%{ endfor }" -> "x:2,29-30: Iteration over non-iterable value; This value can't be used as the collection of a template's for directive."
        "#]],
    );
}

#[test]
fn names_that_are_known_at_run_time_only_are_kept_as_they_are_written() {
    values(
        r#"
        "${node.class}"
        node.class
        "${attr["x.y"]}-${NOMAD_PORT_http}"
        "${meta.a[0].b}"
        "${env["PATH"]}:${NOMAD_META_foo}"
        "${vra.x}"
        upper("${attr.os.name}")
        "${attr.a ? 1 : 2}"
        [for x in ["a"] : "${x}-${node.datacenter}"][0]
        "${meta["a"]}${"b"}"
        "#,
        expect![[r#"
            "${node.class}" -> "${node.class}"
            node.class -> "${node.class}"
            "${attr["x.y"]}-${NOMAD_PORT_http}" -> "${attr[\"x.y\"]}-${NOMAD_PORT_http}"
            "${meta.a[0].b}" -> "${meta.a[0].b}"
            "${env["PATH"]}:${NOMAD_META_foo}" -> "${env[\"PATH\"]}:${NOMAD_META_foo}"
            "${vra.x}" -> "${vra.x}"
            upper("${attr.os.name}") -> "${ATTR.OS.NAME}"
            "${attr.a ? 1 : 2}" -> "x:2,19-25: Incorrect condition type; The condition expression must be of type bool."
            [for x in ["a"] : "${x}-${node.datacenter}"][0] -> "a-${node.datacenter}"
            "${meta["a"]}${"b"}" -> "${meta[\"a\"]}b"
        "#]],
    );
}

#[test]
fn values_of_maps_become_strings_and_collections_keep_the_types_of_their_originals() {
    values(
        r#"
        1.50
        1e3
        true
        123456789012345678901234567890
        0.1 + 0.2
        jsonencode(distinct([1, "1", 2]))
        jsonencode(zipmap(["a", "b"], [1, "x"]))
        jsonencode(chunklist(["a", "b", "c"], 2))
        jsonencode(setunion(["b"], ["a", "b"]))
        jsonencode(setproduct(["a", "b"], [1, 2]))
        jsonencode(concat(["a"], [1]))
        jsonencode(flatten([["a"], [], ["b", ["c"]]]))
        jsonencode(range(3))
        jsonencode(range(5, 1, -2))
        jsonencode(slice(["a", "b", "c"], 1, 2))
        jsonencode(split(",", ""))
        jsonencode(values({ b = 1, a = 2 }))
        jsonencode(keys({ b = 1, a = 2 }))
        jsonencode(compact(["a", "", "b"]))
        jsonencode(sort(["b", "a"]))
        jsonencode({ a = [1, null, true], "b" = { c = "<&>" } })
        jsonencode(jsondecode("{\"a\": [1.5, null]}"))
        "#,
        expect![[r#"
            1.50 -> "1.5"
            1e3 -> "1000"
            true -> "true"
            123456789012345678901234567890 -> "123456789012345678901234567890"
            0.1 + 0.2 -> "0.3"
            jsonencode(distinct([1, "1", 2])) -> "[\"1\",\"2\"]"
            jsonencode(zipmap(["a", "b"], [1, "x"])) -> "{\"a\":1,\"b\":\"x\"}"
            jsonencode(chunklist(["a", "b", "c"], 2)) -> "[[\"a\",\"b\"],[\"c\"]]"
            jsonencode(setunion(["b"], ["a", "b"])) -> "[\"a\",\"b\"]"
            jsonencode(setproduct(["a", "b"], [1, 2])) -> "[[\"a\",1],[\"a\",2],[\"b\",1],[\"b\",2]]"
            jsonencode(concat(["a"], [1])) -> "[\"a\",1]"
            jsonencode(flatten([["a"], [], ["b", ["c"]]])) -> "[\"a\",\"b\",\"c\"]"
            jsonencode(range(3)) -> "[0,1,2]"
            jsonencode(range(5, 1, -2)) -> "[5,3]"
            jsonencode(slice(["a", "b", "c"], 1, 2)) -> "[\"b\"]"
            jsonencode(split(",", "")) -> "[\"\"]"
            jsonencode(values({ b = 1, a = 2 })) -> "[2,1]"
            jsonencode(keys({ b = 1, a = 2 })) -> "[\"a\",\"b\"]"
            jsonencode(compact(["a", "", "b"])) -> "[\"a\",\"b\"]"
            jsonencode(sort(["b", "a"])) -> "[\"a\",\"b\"]"
            jsonencode({ a = [1, null, true], "b" = { c = "<&>" } }) -> "{\"a\":[1,null,true],\"b\":{\"c\":\"\\u003c\\u0026\\u003e\"}}"
            jsonencode(jsondecode("{\"a\": [1.5, null]}")) -> "{\"a\":[1.5,null]}"
        "#]],
    );
}

#[test]
fn functions_of_texts_and_numbers_answer_as_their_originals() {
    values(
        r#"
        element(["a", "b"], 3)
        lookup({ a = "1" }, "b", "default")
        coalesce(null, "a")
        join("-", ["a", "b"], ["c"])
        indent(2, "a\nb")
        chomp("a\n\n")
        trim("--a--", "-")
        trimprefix("abc", "a")
        trimsuffix("abc", "c")
        trimspace("  a ")
        replace("a.b.c", ".", "-")
        regex_replace("abc123", "([a-z]+)([0-9]+)", "$2-$1")
        reverse("abc")
        substr("hello", -3, 2)
        title("a b")
        base64encode("hi")
        base64decode("aGk=")
        urlencode("a b&c=/~")
        md5("a")
        sha1("a")
        sha256("a")
        parseint("ff", 16)
        pow(2, 10)
        log(8, 2)
        ceil(1.2)
        floor(-1.2)
        abs(-3)
        signum(-2)
        max(1, 3, 2)
        min(3, 1)
        strlen("héllo")
        length([1, 2])
        "#,
        expect![[r#"
            element(["a", "b"], 3) -> "b"
            lookup({ a = "1" }, "b", "default") -> "default"
            coalesce(null, "a") -> "a"
            join("-", ["a", "b"], ["c"]) -> "a-b-c"
            indent(2, "a\nb") -> "a\n  b"
            chomp("a\n\n") -> "a"
            trim("--a--", "-") -> "a"
            trimprefix("abc", "a") -> "bc"
            trimsuffix("abc", "c") -> "ab"
            trimspace("  a ") -> "a"
            replace("a.b.c", ".", "-") -> "a-b-c"
            regex_replace("abc123", "([a-z]+)([0-9]+)", "$2-$1") -> "123-abc"
            reverse("abc") -> "cba"
            substr("hello", -3, 2) -> "ll"
            title("a b") -> "A B"
            base64encode("hi") -> "aGk="
            base64decode("aGk=") -> "hi"
            urlencode("a b&c=/~") -> "a+b%26c%3D%2F~"
            md5("a") -> "0cc175b9c0f1b6a831c399e269772661"
            sha1("a") -> "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"
            sha256("a") -> "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
            parseint("ff", 16) -> "255"
            pow(2, 10) -> "1024"
            log(8, 2) -> "3"
            ceil(1.2) -> "2"
            floor(-1.2) -> "-2"
            abs(-3) -> "3"
            signum(-2) -> "-1"
            max(1, 3, 2) -> "3"
            min(3, 1) -> "1"
            strlen("héllo") -> "5"
            length([1, 2]) -> "2"
        "#]],
    );
}

#[test]
fn functions_of_addresses_times_and_types_answer_as_their_originals() {
    values(
        r#"
        cidrhost("10.0.0.0/8", 258)
        cidrnetmask("10.0.0.0/12")
        cidrsubnet("10.0.0.0/8", 8, 2)
        contains(["a"], "a")
        index({ a = "x" }, "a")
        try(null.a, "fallback")
        can(1 / 0)
        convert("5", number) + 1
        timeadd("2024-01-01T00:00:00+02:00", "90m")
        formatdate("YYYY-MM-DD", "2024-02-03T04:05:06Z")
        yamlencode({ a = 1 })
        "#,
        expect![[r#"
            cidrhost("10.0.0.0/8", 258) -> "10.0.1.2"
            cidrnetmask("10.0.0.0/12") -> "255.240.0.0"
            cidrsubnet("10.0.0.0/8", 8, 2) -> "10.2.0.0/16"
            contains(["a"], "a") -> "true"
            index({ a = "x" }, "a") -> "x"
            try(null.a, "fallback") -> "fallback"
            can(1 / 0) -> "false"
            convert("5", number) + 1 -> "6"
            timeadd("2024-01-01T00:00:00+02:00", "90m") -> "2024-01-01T01:30:00+02:00"
            formatdate("YYYY-MM-DD", "2024-02-03T04:05:06Z") -> "2024-02-03"
            yamlencode({ a = 1 }) -> "\"a\": 1\n"
        "#]],
    );
}

#[test]
fn what_a_function_refuses_is_said_where_it_stands() {
    values(
        r#"
        [1, 2]
        null
        file("x")
        abspath("x")
        tostring(1)
        element([], 0)
        lookup({}, "a")
        range(2000)
        parseint("z", 10)
        base64decode("?")
        jsondecode("{")
        index([1], "a")
        coalesce(null, null)
        max()
        substr("a", "b", 1)
        "#,
        expect![[r#"
            [1, 2] -> "x:2,10-11: Unsuitable value type; Unsuitable value: element \"v\": string required, but have tuple"
            null -> "x:2,10-11: Unsuitable value type; Unsuitable value: null value is not allowed"
            file("x") -> "x:2,16-21: Error in function call; Call to function \"file\" failed: filesystem function disabled."
            abspath("x") -> "x:2,16-24: Error in function call; Call to function \"abspath\" failed: filesystem function disabled."
            tostring(1) -> "x:2,16-24: Call to unknown function; There is no function named \"tostring\"."
            element([], 0) -> "x:2,16-24: Error in function call; Call to function \"element\" failed: cannot use element function with an empty list."
            lookup({}, "a") -> "x:2,16-23: Error in function call; Call to function \"lookup\" failed: lookup failed to find key \"a\" and no default was given."
            range(2000) -> "x:2,16-22: Error in function call; Call to function \"range\" failed: more than 1024 values were generated; either decrease the difference between start and end or use a smaller step."
            parseint("z", 10) -> "x:2,26-27: Invalid function argument; Invalid value for \"number\" parameter: cannot parse \"z\" as a base 10 integer."
            base64decode("?") -> "x:2,16-29: Error in function call; Call to function \"base64decode\" failed: failed to decode base64 data '?'."
            jsondecode("{") -> "x:2,16-27: Error in function call; Call to function \"jsondecode\" failed: EOF while parsing an object at line 1 column 1."
            index([1], "a") -> "x:2,16-22: Error in function call; Call to function \"index\" failed: key for tuple must be number."
            coalesce(null, null) -> "x:2,16-25: Error in function call; Call to function \"coalesce\" failed: no non-null arguments."
            max() -> "x:2,16-20: Error in function call; Call to function \"max\" failed: must pass at least one number."
            substr("a", "b", 1) -> "x:2,29-30: Invalid function argument; Invalid value for \"offset\" parameter: a number is required."
        "#]],
    );
}
