//! The words of an expression.

use super::ast::Operator;

/// A word and where it ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    /// The offset behind it, in UTF-16 units.
    pub position: u32,
}

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// Nothing is left.
    End,
    /// A member's name, in backquotes or bare.
    Name(Box<str>),
    /// `$name`, without the `$`.
    Variable(Box<str>),
    /// A string, its escapes resolved.
    String(Box<str>),
    /// A number, never negative.
    Number(f64),
    /// `true` or `false`
    Bool(bool),
    /// `null`
    Null,
    /// `/pattern/flags`
    Regex { pattern: Box<str>, flags: Box<str> },
    /// Punctuation and the operators that are words.
    Symbol(Symbol),
}

/// Punctuation and the operators that are words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Dot,
    DotDot,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    LeftParen,
    RightParen,
    Comma,
    Semicolon,
    Colon,
    ColonEqual,
    At,
    Hash,
    Question,
    QuestionColon,
    QuestionQuestion,
    Plus,
    Minus,
    Star,
    StarStar,
    Slash,
    Percent,
    Pipe,
    Caret,
    Ampersand,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    TildeGreater,
    And,
    Or,
    In,
}

impl Symbol {
    /// As it is written.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Dot => ".",
            Self::DotDot => "..",
            Self::LeftBracket => "[",
            Self::RightBracket => "]",
            Self::LeftBrace => "{",
            Self::RightBrace => "}",
            Self::LeftParen => "(",
            Self::RightParen => ")",
            Self::Comma => ",",
            Self::Semicolon => ";",
            Self::Colon => ":",
            Self::ColonEqual => ":=",
            Self::At => "@",
            Self::Hash => "#",
            Self::Question => "?",
            Self::QuestionColon => "?:",
            Self::QuestionQuestion => "??",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Star => "*",
            Self::StarStar => "**",
            Self::Slash => "/",
            Self::Percent => "%",
            Self::Pipe => "|",
            Self::Caret => "^",
            Self::Ampersand => "&",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::TildeGreater => "~>",
            Self::And => "and",
            Self::Or => "or",
            Self::In => "in",
        }
    }

    /// How strongly it binds the expression on its left; 0 if it cannot stand behind one.
    pub(super) fn binding_power(self) -> u8 {
        match self {
            Self::LeftBracket | Self::LeftParen | Self::At | Self::Hash => 80,
            Self::Dot => 75,
            Self::LeftBrace => 70,
            Self::Star | Self::Slash | Self::Percent => 60,
            Self::Plus | Self::Minus | Self::Ampersand => 50,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::Caret
            | Self::TildeGreater
            | Self::QuestionColon
            | Self::QuestionQuestion
            | Self::In => 40,
            Self::And => 30,
            Self::Or => 25,
            Self::Question => 20,
            Self::ColonEqual => 10,
            Self::DotDot
            | Self::RightBracket
            | Self::RightBrace
            | Self::RightParen
            | Self::Comma
            | Self::Semicolon
            | Self::Colon
            | Self::StarStar
            | Self::Pipe => 0,
        }
    }

    /// The operator that it is between two operands, if the operands are all there is to it.
    pub(super) fn operator(self) -> Option<Operator> {
        Some(match self {
            Self::Plus => Operator::Add,
            Self::Minus => Operator::Subtract,
            Self::Star => Operator::Multiply,
            Self::Slash => Operator::Divide,
            Self::Percent => Operator::Remainder,
            Self::Equal => Operator::Equal,
            Self::NotEqual => Operator::NotEqual,
            Self::Less => Operator::Less,
            Self::LessOrEqual => Operator::LessOrEqual,
            Self::Greater => Operator::Greater,
            Self::GreaterOrEqual => Operator::GreaterOrEqual,
            Self::Ampersand => Operator::Concatenate,
            Self::In => Operator::In,
            Self::And => Operator::And,
            Self::Or => Operator::Or,
            _ => return None,
        })
    }
}
