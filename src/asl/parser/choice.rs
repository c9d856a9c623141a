//! The Choice state.

use super::{
    graph::Scope,
    object::{Field, Object},
    path::PathRule,
    placeholder,
    reader::Reader,
    template::TemplateKind,
};
use crate::asl::model::{
    Choice, ChoiceRule, ComparisonOperator, Condition, DataTest, Operand, OperandKind, QueryLanguage,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::json::Tag;
use crate::jsonpath::Pattern;

/// Deepest nesting of `And`, `Or` and `Not`.
const CONDITION_DEPTH_MAX: u32 = 128;

const SELECTORS: [&str; 5] = ["And", "Or", "Not", "Variable", "Condition"];

pub(super) fn read(reader: &mut Reader<'_>, object: &Object<'_>, scope: &mut Scope<'_>) -> Option<Choice> {
    reader.require(object, &["Choices"]);
    let rules = object.get("Choices").and_then(|field| rules(reader, &field, scope));
    let default = object.get("Default").map(|field| reader.target(&field, scope));
    if default.is_none() {
        let message = "Without 'Default' an input that no rule matches fails the execution";
        let diagnostic = Diagnostic::warning(Code::ChoiceWithoutDefault, message, object.opening());
        reader.report(diagnostic.at(object.location.clone()).help("add `\"Default\": \"NAME\"`"));
    }
    let default = match default {
        None => None,
        Some(target) => Some(target?),
    };
    Some(Choice { rules: rules?, default })
}

fn rules(reader: &mut Reader<'_>, field: &Field, scope: &mut Scope<'_>) -> Option<Vec<ChoiceRule>> {
    let elements = reader.filled_array(field)?;
    let rules: Vec<_> = elements.iter().map(|element| rule(reader, element, scope)).collect();
    rules.into_iter().collect()
}

fn rule(reader: &mut Reader<'_>, field: &Field, scope: &mut Scope<'_>) -> Option<ChoiceRule> {
    let object = reader.object_field(field)?;
    reader.comment(&object);
    reader.require(&object, &["Next"]);
    let next = object.get("Next").and_then(|field| reader.target(&field, scope));
    let assign = reader.template(&object, "Assign", scope.language, TemplateKind::Assign);
    let output = reader.template(&object, "Output", scope.language, TemplateKind::Any);
    if output.is_some() && scope.language == QueryLanguage::JsonPath {
        reader.other_language_field(&object, "Output", scope.language);
    }
    let condition = condition(reader, &object, scope.language, 0);
    let (span, location) = (object.span, object.location);
    Some(ChoiceRule { condition: condition?, next: next?, assign, output, span, location })
}

/// The condition in an object; `depth` 0 is a rule itself, which alone leads somewhere.
fn condition(
    reader: &mut Reader<'_>,
    object: &Object<'_>,
    language: QueryLanguage,
    depth: u32,
) -> Option<Condition> {
    let complete = refuse_unknown(reader, object, depth == 0);
    let selectors: Vec<&str> = SELECTORS.into_iter().filter(|name| object.has(name)).collect();
    let &[selector] = &selectors[..] else {
        let message =
            format!("The object must have only one of the following fields, [{}]", SELECTORS.join(", "));
        reader.schema_error(object.opening(), &object.location, message);
        return None;
    };
    let foreign = (selector == "Condition") != (language == QueryLanguage::Jsonata);
    if foreign {
        reader.other_language_field(object, selector, language);
        return None;
    }
    let field = object.get(selector)?;
    match selector {
        "And" => nested(reader, &field, language, depth).map(Condition::And),
        "Or" => nested(reader, &field, language, depth).map(Condition::Or),
        "Not" => one_nested(reader, &field, language, depth).map(|inner| Condition::Not(Box::new(inner))),
        "Condition" => expression(reader, &field),
        _ => data_test(reader, object, &field, complete).map(Condition::Test),
    }
}

/// Reports unknown members; answers whether there was none.
fn refuse_unknown(reader: &mut Reader<'_>, object: &Object<'_>, is_rule: bool) -> bool {
    let own: &[&str] = if is_rule { &["Comment", "Next", "Assign", "Output"] } else { &["Comment"] };
    let operators = ComparisonOperator::ALL.iter().map(|operator| operator.name());
    let known: Vec<&str> = own.iter().copied().chain(SELECTORS).chain(operators).collect();
    let mut complete = true;
    for member in object.members() {
        if !known.contains(&&*member.name) && operator(&member.name).is_none() {
            complete = false;
            reader.unsupported_field(object, member, &known);
        }
    }
    complete
}

fn nested(
    reader: &mut Reader<'_>,
    field: &Field,
    language: QueryLanguage,
    depth: u32,
) -> Option<Vec<Condition>> {
    let elements = reader.filled_array(field)?;
    let conditions: Vec<_> =
        elements.iter().map(|element| one_nested(reader, element, language, depth)).collect();
    conditions.into_iter().collect()
}

fn one_nested(
    reader: &mut Reader<'_>,
    field: &Field,
    language: QueryLanguage,
    depth: u32,
) -> Option<Condition> {
    let object = reader.object_field(field)?;
    if depth == CONDITION_DEPTH_MAX {
        let message = format!("The condition is nested deeper than {CONDITION_DEPTH_MAX} levels");
        let diagnostic = Diagnostic::error(Code::TooDeeplyNested, message, object.opening());
        reader.report(diagnostic.at(object.location));
        return None;
    }
    reader.comment(&object);
    condition(reader, &object, language, depth + 1)
}

/// `Condition`: an expression, or a plain boolean.
fn expression(reader: &mut Reader<'_>, field: &Field) -> Option<Condition> {
    if let Some(text) = reader.expression(field, QueryLanguage::Jsonata) {
        return Some(Condition::Expression(text));
    }
    if !reader.is_string(field.node) {
        return reader.boolean(field).map(Condition::Literal);
    }
    if reader.take_placeholder(field) {
        return Some(Condition::Literal(true));
    }
    let text = reader.text_of(field.node);
    reader.check_expression(field.node, &text, &field.location);
    None
}

/// The operator of that name, and whether the name is its `...Path` form.
fn operator(name: &str) -> Option<(ComparisonOperator, bool)> {
    let find = |name: &str| ComparisonOperator::ALL.iter().copied().find(|found| found.name() == name);
    if let Some(found) = find(name) {
        return Some((found, false));
    }
    let found = find(name.strip_suffix("Path")?)?;
    found.has_path_form().then_some((found, true))
}

/// `complete`: every member is known, so that a missing operator is worth a finding of its own.
fn data_test(
    reader: &mut Reader<'_>,
    object: &Object<'_>,
    variable: &Field,
    complete: bool,
) -> Option<DataTest> {
    let variable = reader.reference_path(variable, PathRule::Comparison);
    let operators: Vec<_> = object
        .members()
        .iter()
        .filter_map(|member| operator(&member.name).map(|found| (found, member)))
        .collect();
    let &[((operator, is_path), member)] = &operators[..] else {
        if let Some(&(_, second)) = operators.get(1) {
            let names: Vec<&str> = operators.iter().map(|(_, member)| &*member.name).collect();
            let message = format!("There should only be one of the following fields: [{}]", names.join(", "));
            reader.schema_error(reader.span(second.key), &object.location, message);
        } else if complete {
            let message = "A comparison operator is required beside 'Variable'";
            reader.report(
                Diagnostic::error(Code::SchemaValidationFailed, message, object.opening())
                    .at(object.location.clone())
                    .help("add one, such as `\"StringEquals\": \"...\"` or `\"IsPresent\": true`"),
            );
        }
        return None;
    };
    let operand = operand(reader, operator, is_path, &object.field(member));
    Some(DataTest { variable: variable?, operator, operand: operand? })
}

fn operand(
    reader: &mut Reader<'_>,
    operator: ComparisonOperator,
    is_path: bool,
    field: &Field,
) -> Option<Operand> {
    if is_path {
        return reader.reference_path(field, PathRule::Comparison).map(Operand::Path);
    }
    match operator.operand_kind() {
        OperandKind::String => {
            let text = reader.string(field)?;
            if operator == ComparisonOperator::StringMatches {
                check_pattern(reader, field, &text);
            }
            Some(Operand::String(text))
        }
        OperandKind::Number => {
            if reader.doc.tag(field.node) == Tag::Number {
                return Some(Operand::Number(field.node));
            }
            reader.wrong_type(field, "Number");
            // A placeholder was noted; the node is a string then, and the machine is never run.
            placeholder::is_whole_node(reader, field.node).then_some(Operand::Number(field.node))
        }
        OperandKind::Bool => {
            if placeholder::is_whole_node(reader, field.node) {
                reader.take_placeholder(field);
                return Some(Operand::Bool(true));
            }
            reader.boolean(field).map(Operand::Bool)
        }
        OperandKind::Timestamp => reader.timestamp(field).map(Operand::Timestamp),
    }
}

/// An open backslash fails the execution when the rule is reached (States Language, "Choice State").
fn check_pattern(reader: &mut Reader<'_>, field: &Field, text: &str) {
    if let Err(error) = Pattern::parse(text) {
        let diagnostic =
            Diagnostic::warning(Code::InvalidPattern, error.to_string(), reader.span(field.node));
        reader.report(diagnostic.at(field.location.clone()).help("write `\\\\\\\\` for a backslash"));
    }
}
