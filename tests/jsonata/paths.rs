//! Simple queries, predicates, sequences, path operators, sorting, binding.

use super::check;

const ORDER: &str = r#"{"id":"A-1","customer":{"name":"Ada","phones":[{"kind":"home","number":"1"},{"kind":"office","number":"2"}]},"lines":[{"sku":"pen","quantity":3,"price":2.5,"tags":["blue","fine"]},{"sku":"ink","quantity":1,"price":12,"tags":["blue"]},{"sku":"cap","quantity":5,"price":0.5}],"nested":[[1,2],[3,[4]],[]],"empty":[],"a b":"quoted","none":null}"#;

#[test]
fn names_map_over_arrays_and_flatten() {
    check(
        ORDER,
        &[
            ("id", r#""A-1""#),
            ("customer.name", r#""Ada""#),
            ("lines.sku", r#"["pen","ink","cap"]"#),
            ("lines.tags", r#"["blue","fine","blue"]"#),
            ("customer.phones.number", r#"["1","2"]"#),
            ("missing", ""),
            ("id.missing", ""),
            ("none", "null"),
            ("`a b`", r#""quoted""#),
            ("\"a b\"", r#""a b""#),
            ("$.\"a b\"", r#""quoted""#),
            ("nested", "[[1,2],[3,[4]],[]]"),
            ("nested.$", "[1,2,3,[4]]"),
            ("empty", "[]"),
            ("empty.x", ""),
            ("(lines.sku)[0]", r#""pen""#),
        ],
    );
}

#[test]
fn predicates_select_by_position_or_truth() {
    check(
        ORDER,
        &[
            ("lines[0].sku", r#""pen""#),
            ("lines[-1].sku", r#""cap""#),
            ("lines[1.9].sku", r#""ink""#),
            ("lines[7].sku", ""),
            ("lines[-9].sku", ""),
            ("lines[[0..1]].sku", r#"["pen","ink"]"#),
            ("lines[[2,0,-1]].sku", r#"["pen","cap","cap"]"#),
            ("lines.tags[0]", r#"["blue","blue"]"#),
            ("(lines.tags)[0]", r#""blue""#),
            ("lines[quantity > 1].sku", r#"["pen","cap"]"#),
            ("lines[quantity > 1][0].sku", r#""pen""#),
            ("lines[tags].sku", r#"["pen","ink"]"#),
            ("lines['fine' in tags].sku", r#""pen""#),
            ("customer[name='Ada'].name", r#""Ada""#),
            ("customer[0].name", r#""Ada""#),
            ("customer[1].name", ""),
            ("lines[$.price < 1].sku", r#""cap""#),
            ("nested[0]", "[1,2]"),
            ("nested[[0]]", "[1,2]"),
            ("nested[0][1]", "2"),
            ("\"lines\"[sku='ink'].price", "12"),
            ("$.lines[price = $max($$.lines.price)].sku", r#""ink""#),
        ],
    );
}

#[test]
fn sequences_of_one_are_their_element_unless_kept() {
    check(
        ORDER,
        &[
            ("lines[sku='pen'].price", "2.5"),
            ("lines[sku='pen'].price[]", "[2.5]"),
            ("lines[sku='pen'][].price", "[2.5]"),
            ("lines[][sku='pen'].price", "[2.5]"),
            ("lines[sku='pen'].[price]", "[2.5]"),
            ("id[]", r#"["A-1"]"#),
            ("missing[]", ""),
            ("lines.price[]", "[2.5,12,0.5]"),
            ("[1,2][0][]", "[1]"),
            ("{\"a\":1}[]", r#"{"a":1}"#),
            ("[lines[0].sku]", r#"["pen"]"#),
            ("[[1]]", "[[1]]"),
            ("[1,[2,3],missing]", "[1,[2,3]]"),
            ("[lines.sku, 1]", r#"["pen","ink","cap",1]"#),
            ("[1..3, 7, 5..4]", "[1,2,3,7]"),
        ],
    );
}

#[test]
fn array_constructors_as_steps_are_not_flattened() {
    check(
        ORDER,
        &[
            ("lines.[sku, price]", r#"[["pen",2.5],["ink",12],["cap",0.5]]"#),
            ("lines.[sku].$count($)", "[1,1,1]"),
            ("[1,2].($ + 1)", "[2,3]"),
            ("[[1,2],[3]].$sum($)", "[3,3]"),
            // An empty one ends the path with itself.
            ("[].x", "[]"),
            ("[missing].x.y", "[]"),
            ("[].x[]", "[[]]"),
            ("[missing]@$x", "[]"),
            ("[missing].x@$v.y", "[]"),
        ],
    );
}

#[test]
fn wildcards_and_descendants() {
    check(
        r#"{"a":{"b":1,"c":[2,{"b":3}]},"d":{"b":{"b":4}},"e":[[5]]}"#,
        &[
            ("a.*", r#"[1,2,{"b":3}]"#),
            ("*.b", r#"[1,{"b":4}]"#),
            ("**.b", r#"[1,3,{"b":4},4]"#),
            ("a.c.*", "3"),
            ("a.**", r#"[{"b":1,"c":[2,{"b":3}]},1,2,{"b":3},3]"#),
            ("e.*", "5"),
            ("a.b.*", ""),
            ("*[b].b", r#"{"b":4}"#),
            ("$count(**)", "10"),
        ],
    );
}

#[test]
fn parents_look_back() {
    check(
        r#"{"x":7,"orders":[{"id":1,"lines":[{"n":1,"p":{"q":"a"}},{"n":2,"p":{"q":"b"}}]},{"id":2,"lines":[{"n":3,"p":{"q":"c"}}]}]}"#,
        &[
            ("orders.lines.(%.id & '-' & n)", r#"["1-1","1-2","2-3"]"#),
            ("orders.lines.%.id", "[1,1,2]"),
            ("orders.lines.p.%.%.id", "[1,1,2]"),
            ("orders.lines.p.{'q':q,'n':%.n,'id':%.%.id,'x':%.%.%.x}[0]", r#"{"q":"a","n":1,"id":1,"x":7}"#),
            ("orders.lines[%.id = 2].n", "3"),
            ("orders.lines^(>%.id, n).n", "[3,1,2]"),
            ("orders.(lines.%.id)", "[1,1,2]"),
        ],
    );
}

#[test]
fn positions_and_contexts_are_bound() {
    check(
        r#"{"l":[{"k":"a","v":1},{"k":"b","v":2},{"k":"a","v":3}],"r":[{"k":"a","w":10},{"k":"b","w":20}]}"#,
        &[
            ("l#$i.{'i':$i,'v':v}", r#"[{"i":0,"v":1},{"i":1,"v":2},{"i":2,"v":3}]"#),
            ("l[k='a']#$i.($i & v)", r#"["01","13"]"#),
            ("l#$i[k='a'].($i & v)", r#"["01","23"]"#),
            ("l#$i[$i = 1].v", "2"),
            ("l^(>v)#$i.($i * 10 + v)", "[3,12,21]"),
            ("l@$x.r@$y[$x.k = $y.k].($x.v + $y.w)", "[11,22,13]"),
            ("l@$x.r[k = $x.k].w", "[10,20,10]"),
            ("l@$x#$i.r@$y#$j[$x.k = $y.k].($i & '/' & $j)", r#"["0/0","1/1","2/0"]"#),
            ("l@$x.r@$y[$x.k = $y.k]{$y.k: $x.v}", r#"{"a":[1,3],"b":2}"#),
            ("l[0]@$x", "!S0215@5"),
            ("l^(v)@$x", "!S0216@6"),
            ("l@x", "!S0214@3"),
        ],
    );
}

#[test]
fn sorting_is_stable_and_has_levels() {
    check(
        r#"[{"n":2,"s":"b","i":0},{"n":1,"s":"b","i":1},{"n":2,"s":"a","i":2},{"n":1,"s":"b","i":3},{"i":4}]"#,
        &[
            ("$^(n).i", "[1,3,0,2,4]"),
            ("$^(>n).i", "[0,2,1,3,4]"),
            ("$^(n,s).i", "[1,3,2,0,4]"),
            ("$^(s,>n).i", "[2,0,1,3,4]"),
            ("$^(>s).i", "[0,1,3,2,4]"),
            ("$^(n)[0].i", "1"),
            ("($^(n))[0].i", "1"),
            ("$^(i = 1)", "!T2008@2"),
            ("$[i<2]^($string(n) & s ~> $length).i", "[0,1]"),
            ("[3,'a']^($)", "!T2007@8"),
            ("$sort([3,1,2])", "[1,2,3]"),
            ("$sort($[n], function($l,$r){$l.n > $r.n}).i", "[1,2]"),
            ("$sort([3,'a'])", "!D3070@6"),
        ],
    );
}
