//! The Choice state: rules, conditions, the 39 operators.

use super::{PayloadTemplate, StateIndex, Text};
use crate::diagnostic::Span;
use crate::json::NodeId;

/// A Choice state.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// `Choices`, at least one, in order.
    pub rules: Vec<ChoiceRule>,
    /// `Default`.
    pub default: Option<StateIndex>,
}

/// A top-level rule.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceRule {
    /// When it applies.
    pub condition: Condition,
    /// `Next`.
    pub next: StateIndex,
    /// `Assign`.
    pub assign: Option<PayloadTemplate>,
    /// `Output` (`JSONata`).
    pub output: Option<PayloadTemplate>,
    /// Its object.
    pub span: Span,
    /// Its location in AWS's form, such as `/States/C/Choices[0]`.
    pub location: String,
}

/// A condition; its nesting is bounded by the definition's.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// `And`, not empty.
    And(Vec<Condition>),
    /// `Or`, not empty.
    Or(Vec<Condition>),
    /// `Not`.
    Not(Box<Condition>),
    /// `Variable` and one operator.
    Test(DataTest),
    /// `Condition` (`JSONata`) as a `{% %}` string.
    Expression(Text),
    /// `Condition` (`JSONata`) as a plain boolean.
    Literal(bool),
}

/// A comparison of one value.
#[derive(Debug, Clone, PartialEq)]
pub struct DataTest {
    /// `Variable`.
    pub variable: Text,
    /// The operator, without the `Path` of its second form.
    pub operator: ComparisonOperator,
    /// What the value is compared with.
    pub operand: Operand,
}

/// The right side of a comparison; its form fits the operator.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A string; for `StringMatches` the pattern.
    String(String),
    /// A number of the definition, in its own text.
    Number(NodeId),
    /// A boolean; for the type tests whether the value must be of that type.
    Bool(bool),
    /// An RFC 3339 timestamp.
    Timestamp(String),
    /// The `...Path` form.
    Path(Text),
}

/// What kind of literal an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperandKind {
    /// A string.
    String,
    /// A number.
    Number,
    /// A boolean.
    Bool,
    /// An RFC 3339 timestamp.
    Timestamp,
}

macro_rules! comparison_operators {
    ($($name:ident $kind:ident $has_path:literal,)*) => {
        /// The comparisons of the language; those with a `...Path` form have one entry for both.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ComparisonOperator {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                $name,
            )*
        }

        impl ComparisonOperator {
            /// Every operator, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The field's name, without `Path`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// What its literal form takes.
            pub fn operand_kind(self) -> OperandKind {
                match self { $(Self::$name => OperandKind::$kind),* }
            }

            /// Whether it has a `...Path` form.
            pub fn has_path_form(self) -> bool {
                match self { $(Self::$name => $has_path),* }
            }
        }
    };
}

comparison_operators! {
    StringEquals String true,
    StringLessThan String true,
    StringGreaterThan String true,
    StringLessThanEquals String true,
    StringGreaterThanEquals String true,
    StringMatches String false,
    NumericEquals Number true,
    NumericLessThan Number true,
    NumericGreaterThan Number true,
    NumericLessThanEquals Number true,
    NumericGreaterThanEquals Number true,
    BooleanEquals Bool true,
    TimestampEquals Timestamp true,
    TimestampLessThan Timestamp true,
    TimestampGreaterThan Timestamp true,
    TimestampLessThanEquals Timestamp true,
    TimestampGreaterThanEquals Timestamp true,
    IsNull Bool false,
    IsPresent Bool false,
    IsNumeric Bool false,
    IsString Bool false,
    IsBoolean Bool false,
    IsTimestamp Bool false,
}

#[cfg(test)]
mod tests {
    use super::ComparisonOperator;

    /// The count that the AWS docs list.
    #[test]
    fn there_are_39_operator_fields() {
        let fields: usize =
            ComparisonOperator::ALL.iter().map(|operator| 1 + usize::from(operator.has_path_form())).sum();
        assert_eq!(fields, 39);
    }
}
