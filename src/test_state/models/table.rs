//! Reading `shapes.txt`; its format is told in `generate.py`.

use foldhash::quality::RandomState;
use hashbrown::HashMap;

static SHAPES: &str = include_str!("shapes.txt");

/// The shapes of one service by name, each as its line has it.
pub(in crate::test_state) struct Service {
    lines: HashMap<&'static str, &'static str, RandomState>,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::test_state) enum Type {
    String(Bounds),
    Number(Bounds),
    Boolean,
    /// Its element's type, as written.
    List(&'static str),
    /// Its values' type, as written.
    Map(&'static str),
    /// The name of an operation's response or of a part of it.
    Structure(&'static str),
    /// The values of a string, separated by bars.
    Enum(&'static str),
    Anything,
}

/// Least and greatest length of a string or value of a number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::test_state) struct Bounds {
    pub(in crate::test_state) min: Option<f64>,
    pub(in crate::test_state) max: Option<f64>,
}

/// A member of a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::test_state) struct Member {
    pub(in crate::test_state) name: &'static str,
    pub(in crate::test_state) is_required: bool,
    /// Its type, as written.
    pub(in crate::test_state) written: &'static str,
}

impl Service {
    /// The service that Resources call `name`: `s3`, `states`, `aws-sdk:sfn`.
    pub(in crate::test_state) fn find(name: &str) -> Option<Self> {
        let section = SHAPES.split("\n@").skip(1).find(|section| {
            let title = section.lines().next().unwrap_or_default();
            match (name.strip_prefix("aws-sdk:"), title.split_once(' ')) {
                (Some(name), Some((_, sdk))) => sdk == name,
                (None, Some((resource, _))) => resource == name,
                (_, None) => false,
            }
        })?;
        let lines = section.lines().skip(1).map(|line| line.split_once(' ').unwrap_or((line, "")));
        Some(Self { lines: lines.collect() })
    }

    /// The shape of an operation's response; operations are written `getItem` in Resources.
    pub(in crate::test_state) fn response(&self, operation: &str) -> Option<&'static str> {
        let mut rest = operation.chars();
        let first = rest.next()?.to_ascii_uppercase();
        self.lines.get(format!("={first}{}", rest.as_str()).as_str()).copied()
    }

    /// The type that is written so.
    pub(in crate::test_state) fn read(&self, written: &'static str) -> Type {
        let mut chars = written.chars();
        match (chars.next(), chars.as_str()) {
            (Some('['), of) => Type::List(of),
            (Some('{'), of) => Type::Map(of),
            (Some('*'), _) => Type::Anything,
            (Some('b'), "") => Type::Boolean,
            (Some('s'), bounds) if is_bounds(bounds) => Type::String(Bounds::read(bounds)),
            (Some('n'), bounds) if is_bounds(bounds) => Type::Number(Bounds::read(bounds)),
            _ => match self.lines.get(written) {
                Some(line) if line.starts_with('|') => Type::Enum(line),
                Some(_) => Type::Structure(written),
                None => Type::Anything,
            },
        }
    }

    /// The members of a structure.
    pub(in crate::test_state) fn members(&self, structure: &str) -> impl Iterator<Item = Member> + use<> {
        let line = self.lines.get(structure).copied().unwrap_or_default();
        line.split(' ').filter_map(|member| {
            let (name, written) = member.split_once('=')?;
            let required = name.strip_suffix('!');
            Some(Member { name: required.unwrap_or(name), is_required: required.is_some(), written })
        })
    }
}

fn is_bounds(text: &str) -> bool {
    text.is_empty() || text.contains("..")
}

impl Bounds {
    fn read(text: &str) -> Self {
        let (min, max) = text.split_once("..").unwrap_or_default();
        Self { min: min.parse().ok(), max: max.parse().ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every type in the table can be read, and every name in it has a line.
    #[test]
    fn the_table_is_complete() {
        let titles: Vec<_> = SHAPES.lines().filter_map(|line| line.strip_prefix('@')).collect();
        assert!(titles.len() > 10, "{titles:?}");
        for title in titles {
            let (resource, sdk) = title.split_once(' ').expect("two names");
            let service = Service::find(resource).expect(resource);
            assert!(Service::find(&format!("aws-sdk:{sdk}")).is_some(), "{sdk}");
            for (name, line) in &service.lines {
                if name.starts_with('=') {
                    assert!(service.lines.contains_key(line), "{title}: {name} {line}");
                    continue;
                }
                for member in service.members(name) {
                    let inner = member.written.trim_start_matches(['[', '{']);
                    let is_scalar = inner == "b" || inner == "*" || is_bounds(inner.get(1..).unwrap_or("-"));
                    assert!(
                        is_scalar || service.lines.contains_key(inner),
                        "{title}: {name}.{}",
                        member.name
                    );
                }
            }
        }
    }

    #[test]
    fn operations_and_members() {
        let service = Service::find("aws-sdk:sfn").expect("there");
        let response = service.response("startExecution").expect("there");
        let members: Vec<_> = service.members(response).map(|m| (m.name, m.is_required)).collect();
        assert_eq!(members, [("ExecutionArn", true), ("StartDate", true)]);
        assert!(service.response("makeCoffee").is_none());
        assert!(service.response("").is_none());
        assert!(Service::find("coffee").is_none());
        assert!(Service::find("sfn").is_none());
        let bounds = Bounds { min: Some(1.0), max: Some(80.0) };
        assert_eq!(service.read("s1..80"), Type::String(bounds));
        assert_eq!(
            service.read("ExecutionStatus"),
            Type::Enum("|RUNNING|SUCCEEDED|FAILED|TIMED_OUT|ABORTED|PENDING_REDRIVE")
        );
    }
}
