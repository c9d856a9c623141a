//! Frames while they are compiled: registers, scopes, what is captured.

use crate::jsonata::code::{Label, Parameter, Reg};
use crate::jsonata::functions::Builtin;

use super::compile::{Compiler, Dialect};

/// What can be bound.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// `$name`
    Variable(Box<str>),
    /// What a `%` looks back to.
    Label(u32),
}

impl Name {
    pub(super) fn variable(name: &str) -> Self {
        Self::Variable(name.into())
    }
}

/// A variable of a scope.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub name: Name,
    pub register: Reg,
    /// Closures share it.
    pub is_cell: bool,
    /// It is known to have a value by now.
    pub is_bound: bool,
}

/// Where a name may be found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub register: Reg,
    pub is_cell: bool,
    pub is_bound: bool,
}

/// What a name stands for.
#[derive(Debug)]
pub(super) enum Meaning {
    /// The first of these that has a value.
    Places(Vec<Place>),
    /// A function of the language.
    Builtin(Builtin),
}

/// A frame: the expression, or a lambda.
#[derive(Debug)]
pub(super) struct Frame {
    pub entry: Label,
    pub parameters: u16,
    pub scopes: Vec<Vec<Variable>>,
    /// Bodies of lambdas that are compiled in place: their tail calls are none.
    pub inlined: u32,
    pub captures: Vec<Reg>,
    pub sources: Vec<Reg>,
    captured: Vec<(Name, Place)>,
    next: u32,
    most: u32,
    /// Registers of captured values; temporary ones keep clear of them.
    holes: Vec<u32>,
}

impl Frame {
    pub(super) fn new(entry: Label, parameters: u16) -> Self {
        let fixed = 1 + u32::from(parameters);
        Self {
            entry,
            parameters,
            scopes: Vec::new(),
            inlined: 0,
            captures: Vec::new(),
            sources: Vec::new(),
            captured: Vec::new(),
            next: fixed,
            most: fixed,
            holes: Vec::new(),
        }
    }

    /// Consecutive registers.
    pub(super) fn allocate(&mut self, count: usize) -> Reg {
        let count = count as u32;
        let mut start = self.next;
        while let Some(hole) = self.holes.iter().rev().find(|hole| (start..start + count).contains(hole)) {
            start = hole + 1;
        }
        self.next = start + count;
        self.most = self.most.max(self.next);
        Reg(start.min(u32::from(u16::MAX)) as u16)
    }

    pub(super) fn mark(&self) -> u32 {
        self.next
    }

    pub(super) fn release(&mut self, mark: u32) {
        self.next = mark;
    }

    /// Size of the frame.
    pub(super) fn registers(&self) -> u32 {
        self.most
    }

    /// A register that is never used for anything else.
    fn hole(&mut self) -> Reg {
        let register = self.most;
        self.holes.push(register);
        self.most += 1;
        Reg(register.min(u32::from(u16::MAX)) as u16)
    }
}

impl Compiler<'_> {
    pub(super) fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub(super) fn register(&mut self) -> Reg {
        self.frame().allocate(1)
    }

    /// What a name stands for here.
    pub(super) fn meaning(&mut self, name: &Name) -> Meaning {
        let mut places = Vec::new();
        let level = self.frames.len() - 1;
        if self.places(level, name, &mut places) {
            return Meaning::Places(places);
        }
        if let Name::Variable(text) = name
            && let Some(builtin) = self.builtin(text)
        {
            if places.is_empty() {
                return Meaning::Builtin(builtin);
            }
            let register = self.register();
            self.emit_builtin(register, builtin);
            places.push(Place { register, is_cell: false, is_bound: true });
            return Meaning::Places(places);
        }
        if let Name::Variable(text) = name {
            let parameter = if &**text == "$" { Parameter::Root } else { Parameter::Variable(text.clone()) };
            places.push(self.parameter(level, name, &parameter));
        }
        Meaning::Places(places)
    }

    /// A function of the language, unless the caller's variables hide it.
    fn builtin(&self, name: &str) -> Option<Builtin> {
        match self.dialect {
            Dialect::Reference { shadowed } if shadowed.contains(&name) => None,
            Dialect::Reference { .. } | Dialect::States => Builtin::named(name),
        }
    }

    /// Gathers where a name may be found, innermost first; whether the last place is known to have a value.
    fn places(&mut self, level: usize, name: &Name, places: &mut Vec<Place>) -> bool {
        let frame = &self.frames[level];
        for variable in frame.scopes.iter().rev().flat_map(|scope| scope.iter().rev()) {
            if variable.name == *name {
                let Variable { register, is_cell, is_bound, .. } = *variable;
                places.push(Place { register, is_cell, is_bound });
                if is_bound {
                    return true;
                }
            }
        }
        let before = places.len();
        places.extend(frame.captured.iter().filter(|(known, _)| known == name).map(|(_, place)| *place));
        if places.len() == before && level > 0 {
            let mut outer = Vec::new();
            self.places(level - 1, name, &mut outer);
            for place in outer {
                let captured = self.capture(level, name, place);
                places.push(captured);
            }
        }
        places.last().is_some_and(|place| place.is_bound)
    }

    /// A value of the frame around, in a register of this one.
    fn capture(&mut self, level: usize, name: &Name, outer: Place) -> Place {
        let frame = &mut self.frames[level];
        let register = frame.hole();
        frame.captures.push(register);
        frame.sources.push(outer.register);
        // A variable that closures share may be bound by the time that the closure runs: that is not known here.
        let place = Place { register, is_cell: outer.is_cell, is_bound: outer.is_bound };
        frame.captured.push((name.clone(), place));
        place
    }

    /// A parameter of the expression, in a register of the frame at `level`.
    pub(super) fn parameter(&mut self, level: usize, name: &Name, parameter: &Parameter) -> Place {
        let known =
            self.frames[level].captured.iter().rev().find(|(known, place)| known == name && place.is_bound);
        if let Some((_, place)) = known {
            return *place;
        }
        let source = if level > 0 {
            self.parameter(level - 1, name, parameter).register
        } else {
            let parameters = &mut self.code.parameters;
            let index = parameters.iter().position(|known| known == parameter).unwrap_or_else(|| {
                parameters.push(parameter.clone());
                parameters.len() - 1
            });
            Reg(index as u16)
        };
        let place = Place { register: source, is_cell: false, is_bound: true };
        self.capture(level, name, place)
    }
}
