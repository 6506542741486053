//! The table of all functions, in alphabetical order.
//!
//! Limits: `can`, `convert` and `try` are not here; they take expressions and live in `evaluate/call.rs`.

use super::signature::{Function, Param, Wanted};
use super::{
    collection, csv, encoding, filesystem, format, hash, json, mapping, math, network, regex, rsa, set,
    string, time, yaml,
};

const fn any(name: &'static str) -> Param {
    Param { name, wanted: Wanted::Any }
}

const fn nullable(name: &'static str) -> Param {
    Param { name, wanted: Wanted::AnyOrNull }
}

const fn text(name: &'static str) -> Param {
    Param { name, wanted: Wanted::String }
}

const fn number(name: &'static str) -> Param {
    Param { name, wanted: Wanted::Number }
}

const fn strings(name: &'static str) -> Param {
    Param { name, wanted: Wanted::ListOfString }
}

const fn list(name: &'static str) -> Param {
    Param { name, wanted: Wanted::ListOfAny }
}

macro_rules! functions {
    ($( $name:literal ($($param:expr),*) $(.. $variadic:expr)? => $run:path; )*) => {
        const FUNCTIONS: &[Function] = &[ $( Function {
            name: $name,
            params: &[$($param),*],
            variadic: functions!(@variadic $($variadic)?),
            run: $run,
        } ),* ];
    };
    (@variadic) => { None };
    (@variadic $variadic:expr) => { Some($variadic) };
}

functions! {
    "abs"(number("num")) => math::abs;
    "abspath"(text("path")) => filesystem::abspath;
    "base64decode"(text("str")) => encoding::base64decode;
    "base64encode"(text("str")) => encoding::base64encode;
    "basename"(text("path")) => filesystem::basename;
    "bcrypt"(text("str")) .. number("cost") => hash::bcrypt;
    "ceil"(number("num")) => math::ceil;
    "chomp"(text("str")) => string::chomp;
    "chunklist"(list("list"), number("size")) => collection::chunklist;
    "cidrhost"(text("prefix"), number("hostnum")) => network::cidrhost;
    "cidrnetmask"(text("prefix")) => network::cidrnetmask;
    "cidrsubnet"(text("prefix"), number("newbits"), number("netnum")) => network::cidrsubnet;
    "cidrsubnets"(text("prefix")) .. number("newbits") => network::cidrsubnets;
    "coalesce"() .. nullable("vals") => collection::coalesce;
    "coalescelist"() .. nullable("vals") => collection::coalescelist;
    "compact"(strings("list")) => collection::compact;
    "concat"() .. any("seqs") => collection::concat;
    "contains"(any("list"), nullable("value")) => collection::contains;
    "csvdecode"(text("str")) => csv::csvdecode;
    "dirname"(text("path")) => filesystem::dirname;
    "distinct"(list("list")) => collection::distinct;
    "element"(any("list"), number("index")) => collection::element;
    "file"(text("path")) => filesystem::file;
    "filebase64"(text("path")) => filesystem::filebase64;
    "fileexists"(text("path")) => filesystem::fileexists;
    "fileset"(text("path"), text("pattern")) => filesystem::fileset;
    "flatten"(any("list")) => collection::flatten;
    "floor"(number("num")) => math::floor;
    "format"(text("format")) .. nullable("args") => format::format;
    "formatdate"(text("format"), text("time")) => time::formatdate;
    "formatlist"(text("format")) .. nullable("args") => format::formatlist;
    "indent"(number("spaces"), text("str")) => string::indent;
    "index"(any("collection"), any("key")) => mapping::index;
    "join"(text("separator")) .. strings("lists") => string::join;
    "jsondecode"(text("str")) => json::jsondecode;
    "jsonencode"(nullable("val")) => json::jsonencode;
    "keys"(any("inputMap")) => mapping::keys;
    "length"(any("collection")) => collection::length;
    "log"(number("num"), number("base")) => math::log;
    "lookup"(any("inputMap"), text("key")) .. nullable("default") => mapping::lookup;
    "lower"(text("str")) => string::lower;
    "max"() .. number("numbers") => math::max;
    "md5"(text("str")) => hash::md5;
    "merge"() .. nullable("maps") => mapping::merge;
    "min"() .. number("numbers") => math::min;
    "parseint"(any("number"), number("base")) => math::parseint;
    "pathexpand"(text("path")) => filesystem::pathexpand;
    "pow"(number("num"), number("power")) => math::pow;
    "range"() .. number("params") => collection::range;
    "regex_replace"(text("string"), text("pattern"), text("replacement")) => regex::regex_replace;
    "replace"(text("str"), text("substr"), text("replace")) => string::replace;
    "reverse"(text("str")) => string::reverse;
    "rsadecrypt"(text("ciphertext"), text("privatekey")) => rsa::rsadecrypt;
    "setintersection"(any("first_set")) .. any("other_sets") => set::setintersection;
    "setproduct"() .. any("sets") => set::setproduct;
    "setunion"(any("first_set")) .. any("other_sets") => set::setunion;
    "sha1"(text("str")) => hash::sha1;
    "sha256"(text("str")) => hash::sha256;
    "sha512"(text("str")) => hash::sha512;
    "signum"(number("num")) => math::signum;
    "slice"(any("list"), number("start_index"), number("end_index")) => collection::slice;
    "sort"(strings("list")) => collection::sort;
    "split"(text("separator"), text("str")) => string::split;
    "strlen"(text("str")) => string::strlen;
    "strrev"(text("str")) => string::reverse;
    "substr"(text("str"), number("offset"), number("length")) => string::substr;
    "timeadd"(text("timestamp"), text("duration")) => time::timeadd;
    "title"(text("str")) => string::title;
    "trim"(text("str"), text("cutset")) => string::trim;
    "trimprefix"(text("str"), text("prefix")) => string::trimprefix;
    "trimspace"(text("str")) => string::trimspace;
    "trimsuffix"(text("str"), text("suffix")) => string::trimsuffix;
    "upper"(text("str")) => string::upper;
    "urlencode"(text("str")) => encoding::urlencode;
    "uuidv4"() => hash::uuidv4;
    "uuidv5"(text("namespace"), text("name")) => hash::uuidv5;
    "values"(any("mapping")) => mapping::values;
    "yamldecode"(text("src")) => yaml::yamldecode;
    "yamlencode"(nullable("value")) => yaml::yamlencode;
    "zipmap"(strings("keys"), any("values")) => mapping::zipmap;
}

/// Functions that take expressions instead of values.
const SPECIAL: [&str; 3] = ["can", "convert", "try"];

/// Returns the function of that name.
pub(crate) fn find_function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok().map(|at| &FUNCTIONS[at])
}

/// Returns the names of all functions.
pub(crate) fn function_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name).chain(SPECIAL)
}

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;

    #[test]
    fn the_table_is_sorted_by_name() {
        assert!(FUNCTIONS.is_sorted_by(|left, right| left.name < right.name));
    }
}
