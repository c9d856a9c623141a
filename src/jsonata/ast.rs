//! The normalised syntax tree: paths are flat lists of steps, literals are folded, tail calls are marked, and every
//! `%` knows the step that it looks back to.
//!
//! Nodes live in one vector and name each other by index, so that a deep expression needs no recursion to be dropped.

/// A node's index in [`Ast::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(pub u32);

/// A parsed expression.
#[derive(Debug, Clone)]
pub(crate) struct Ast {
    /// All nodes; only those reachable from `root` count.
    pub nodes: Vec<Node>,
    /// The whole expression.
    pub root: NodeId,
}

impl Ast {
    /// One node.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }
}

/// One expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where the reference implementation says it is: the offset, in UTF-16 units, behind its token.
    pub position: u32,
    /// `[]` stands behind it: a sequence of one stays an array.
    pub keep_array: bool,
    /// Filters of an expression that is no path; those of steps are [`Step::stages`].
    pub predicates: Vec<NodeId>,
    /// `{…}` behind the expression.
    pub group: Option<Group>,
}

/// The pairs of a grouping or of an object constructor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// Key and value expressions.
    pub pairs: Vec<(NodeId, NodeId)>,
    /// The position of its brace.
    pub position: u32,
}

/// Kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NodeKind {
    /// Steps joined by dots; also a single name.
    Path {
        /// At least one.
        steps: Vec<Step>,
        /// A step has `[]`.
        keep_singleton: bool,
        /// The path hands its bindings on to the path that it is a step of.
        tuple: bool,
    },
    /// A member's name; only as a step.
    Name(Box<str>),
    /// A string.
    String(Box<str>),
    /// A number; negative ones are folded.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
    /// `/pattern/flags`; the flags are `i` and `m`.
    Regex {
        /// As written between the slashes.
        pattern: Box<str>,
        /// As written behind them.
        flags: Box<str>,
    },
    /// `*`
    Wildcard,
    /// `**`
    Descendant,
    /// `%`: the value bound to this label by the step with the same [`Step::ancestor`].
    Parent(u32),
    /// `$name`; empty for the context `$`, and `$` for the root `$$`.
    Variable(Box<str>),
    /// `-x`
    Negate(NodeId),
    /// `[a, b..c]`
    Array {
        /// Its expressions.
        items: Vec<NodeId>,
        /// First or last step of a path: it is not flattened.
        is_step: bool,
    },
    /// `{k: v}` as an expression.
    Object(Vec<(NodeId, NodeId)>),
    /// Two operands.
    Binary {
        /// The operator.
        operator: Operator,
        /// Its left operand.
        left: NodeId,
        /// Its right operand.
        right: NodeId,
    },
    /// `$name := value`
    Bind {
        /// The variable's name, without `$`.
        name: Box<str>,
        /// What is bound.
        value: NodeId,
    },
    /// `(a; b)`
    Block {
        /// Its expressions.
        expressions: Vec<NodeId>,
        /// One of them is (or starts with) an array constructor that is a step.
        is_step_array: bool,
    },
    /// `test ? then : otherwise`
    Condition {
        /// What decides.
        test: NodeId,
        /// If it is true.
        then: NodeId,
        /// If it is not.
        otherwise: Option<NodeId>,
    },
    /// `left ?: right`: left if it is true.
    Default {
        /// Tried first.
        left: NodeId,
        /// Otherwise.
        right: NodeId,
    },
    /// `left ?? right`: left if it exists.
    Coalesce {
        /// Tried first.
        left: NodeId,
        /// Otherwise.
        right: NodeId,
    },
    /// `procedure(arguments)`
    Call {
        /// What is called.
        procedure: NodeId,
        /// Its arguments.
        arguments: Vec<NodeId>,
        /// Its result is the result of the lambda around it.
        is_tail: bool,
    },
    /// `procedure(?, b)`
    Partial {
        /// What is applied.
        procedure: NodeId,
        /// `None` for `?`.
        arguments: Vec<Option<NodeId>>,
    },
    /// `function($a, $b)<signature>{ body }`
    Lambda {
        /// Names without `$`.
        parameters: Vec<Box<str>>,
        /// The signature's text and where it starts, if there is one.
        signature: Option<(Box<str>, u32)>,
        /// Its body, tail calls marked.
        body: NodeId,
    },
    /// `left ~> right`
    Apply {
        /// The argument.
        left: NodeId,
        /// The function; a call gets the argument in front of its own.
        right: NodeId,
    },
    /// `|pattern|update, delete|`
    Transform {
        /// What is changed.
        pattern: NodeId,
        /// What is merged in.
        update: NodeId,
        /// What is deleted.
        delete: Option<NodeId>,
    },
    /// `^(terms)`; only as a step.
    Sort(Vec<SortTerm>),
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// What is evaluated for each item.
    pub node: NodeId,
    /// Filters and positions behind it, in order.
    pub stages: Vec<Stage>,
    /// `@$name`
    pub focus: Option<Box<str>>,
    /// `#$name` before any stage.
    pub index: Option<Box<str>>,
    /// The label under which later `%` find the step's input.
    pub ancestor: Option<u32>,
    /// From here on the path carries bindings.
    pub tuple: bool,
}

/// What follows a step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    /// `[expression]`
    Filter(NodeId),
    /// `#$name`
    Index(Box<str>),
}

/// A term of an order-by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SortTerm {
    /// `>` stands before it.
    pub descending: bool,
    /// What is compared.
    pub expression: NodeId,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `&`
    Concatenate,
    /// `..`
    Range,
    /// `in`
    In,
    /// `and`
    And,
    /// `or`
    Or,
}

#[cfg(test)]
impl Operator {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Concatenate => "&",
            Self::Range => "..",
            Self::In => "in",
            Self::And => "and",
            Self::Or => "or",
        }
    }
}
