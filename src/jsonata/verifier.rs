//! What the evaluation relies on: every operand names something that is there.

use super::code::{Code, Comparison, Constant, Label, Op, Reg, Selection, Test};

/// The code of an expression is not what a compiler makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unsound;

impl Code {
    /// Checks all operands; `shapes` is the number of shapes of the heap.
    pub(crate) fn verify(&self, shapes: usize) -> Result<(), Unsound> {
        let sound = |holds: bool| if holds { Ok(()) } else { Err(Unsound) };
        sound(!self.ops.is_empty() && u16::try_from(self.ops.len()).is_ok())?;
        sound(!self.lambdas.is_empty())?;
        sound(self.shape_ids.len() == self.shape_keys.len())?;
        sound(self.shape_ids.iter().all(|id| (*id as usize) < shapes))?;
        sound(self.chains.iter().flatten().all(|name| usize::from(*name) < self.names.len()))?;
        let lengths = |selection: &Selection| Selection::lengths(&selection.names);
        sound(self.selections.iter().all(|selection| selection.lengths == lengths(selection)))?;
        sound(self.tests.iter().all(|test| self.tests_with(test)))?;
        sound(self.positions.windows(2).all(|pair| pair[0].0 < pair[1].0))?;
        // What runs off the end would find no instruction.
        sound(matches!(self.ops.last(), Some(Op::Return { .. } | Op::Jump { .. })))?;
        let bindings = self.tuple_bindings;
        let is_binding = |binding: &Option<u16>| binding.is_none_or(|binding| binding < bindings);
        let is_step = |step: &super::code::TupleStep| {
            is_binding(&step.focus) && is_binding(&step.index) && is_binding(&step.ancestor)
        };
        sound(self.tuple_steps.iter().all(is_step))?;
        // Registers are checked against the smallest frame: the code says nowhere whose an instruction is.
        let owners = self.owners()?;
        for (pc, op) in self.ops.iter().enumerate() {
            let check =
                Check { code: self, owners: &owners, pc, registers: self.lambdas[owners[pc]].registers };
            sound(check.op(*op))?;
            // The code of a lambda ends before that around it goes on.
            let goes_on = owners.get(pc + 1).is_none_or(|next| *next == owners[pc]);
            sound(goes_on || matches!(op, Op::Return { .. } | Op::Jump { .. } | Op::PushJump { .. }))?;
        }
        self.lambdas()
    }

    fn tests_with(&self, test: &Test) -> bool {
        let constant = match test.constant {
            // An infinity would take part in comparisons that fail for it.
            Constant::Number(number) => number.is_finite(),
            Constant::String(string) => {
                usize::from(string) < self.strings.len()
                    && matches!(test.comparison, Comparison::Equal | Comparison::NotEqual)
            }
        };
        constant && test.name.is_none_or(|name| usize::from(name) < self.names.len())
    }

    /// The frame that each instruction runs in. Lambdas are nested in the code: the innermost that has begun, until
    /// the instruction that makes it.
    fn owners(&self) -> Result<Vec<usize>, Unsound> {
        let mut owners = vec![0; self.ops.len()];
        let mut innermost = vec![0];
        for (pc, op) in self.ops.iter().enumerate() {
            if let Some(lambda) =
                self.lambdas.iter().skip(1).position(|lambda| usize::from(lambda.entry.0) == pc)
            {
                innermost.push(lambda + 1);
            }
            if let Op::Closure { lambda, .. } = op {
                match innermost.pop() {
                    Some(ended) if ended == usize::from(lambda.0) && ended > 0 => {}
                    _ => return Err(Unsound),
                }
            }
            owners[pc] = *innermost.last().ok_or(Unsound)?;
        }
        if innermost == [0] { Ok(owners) } else { Err(Unsound) }
    }

    fn lambdas(&self) -> Result<(), Unsound> {
        for (index, lambda) in self.lambdas.iter().enumerate() {
            let fits = |register: &Reg| register.0 < lambda.registers;
            let is_sound = usize::from(lambda.entry.0) < self.ops.len()
                && lambda.captures.len() == lambda.sources.len()
                && lambda.captures.iter().all(fits)
                && lambda.parameters < lambda.registers
                && (index > 0
                    || lambda.entry.0 == 0
                        && lambda.sources.iter().all(|source| usize::from(source.0) < self.parameters.len()));
            if !is_sound {
                return Err(Unsound);
            }
        }
        Ok(())
    }
}

/// Checks the operands of one instruction.
#[derive(Clone, Copy)]
struct Check<'c> {
    code: &'c Code,
    owners: &'c [usize],
    pc: usize,
    registers: u16,
}

impl Check<'_> {
    fn reg(self, register: Reg) -> bool {
        register.0 < self.registers
    }

    fn regs(self, first: Reg, count: usize) -> bool {
        usize::from(first.0) + count <= usize::from(self.registers)
    }

    /// A jump stays in its lambda, and goes back only to what uses fuel: nothing goes round for ever.
    fn label(self, label: Label) -> bool {
        let to = usize::from(label.0);
        let uses_fuel =
            |op: &Op| matches!(op, Op::Next { .. } | Op::GroupNext { .. } | Op::GroupNextTuple { .. });
        let goes_on = to > self.pc || self.code.ops.get(to).is_some_and(uses_fuel);
        goes_on && self.owners.get(to) == Some(&self.owners[self.pc])
    }

    fn op(self, op: Op) -> bool {
        let code = self.code;
        match op {
            Op::Literal { dst, .. }
            | Op::NewCell { dst }
            | Op::Unwrap { dst }
            | Op::KeepArray { dst }
            | Op::KeepSingleton { dst }
            | Op::Position { dst }
            | Op::GroupClose { dst }
            | Op::Close { dst, .. }
            | Op::Push { src: dst }
            | Op::PushSpread { src: dst }
            | Op::GroupValue { src: dst }
            | Op::Loop { src: dst, .. }
            | Op::Return { src: dst } => self.reg(dst),
            Op::Number { dst, number } => self.reg(dst) && usize::from(number) < code.numbers.len(),
            Op::String { dst, string } => self.reg(dst) && usize::from(string) < code.strings.len(),
            Op::Regex { dst, regex } => self.reg(dst) && usize::from(regex) < code.regexes.len(),
            Op::Builtin { dst, builtin } => self.reg(dst) && super::Builtin::is_known(builtin),
            Op::Open | Op::GroupOpen => true,
            Op::Jump { target } => self.label(target),
            Op::MoveIfBound { dst, src, target } => self.reg(dst) && self.reg(src) && self.label(target),
            Op::Next { dst, exit } | Op::GroupNext { dst, exit, .. } => self.reg(dst) && self.label(exit),
            Op::JumpIfTrue { test, target }
            | Op::JumpUnlessTrue { test, target }
            | Op::JumpIfDefined { test, target }
            | Op::JumpIfEmpty { test, target }
            | Op::PushJump { src: test, target }
            | Op::Array { dst: test, target } => self.reg(test) && self.label(target),
            Op::PushMatch { item, test } => self.reg(item) && self.reg(test),
            Op::PushKeys { item, first, count } => self.reg(item) && self.regs(first, usize::from(count)),
            Op::CloseSorted { dst, sort } => self.reg(dst) && usize::from(sort) < code.sorts.len(),
            Op::Field { dst, src, name } => {
                self.reg(dst) && self.reg(src) && usize::from(name) < code.names.len()
            }
            Op::Chain { dst, src, chain } => {
                self.reg(dst) && self.reg(src) && usize::from(chain) < code.chains.len()
            }
            Op::Index { dst, src, number } => {
                self.reg(dst) && self.reg(src) && usize::from(number) < code.numbers.len()
            }
            Op::Object { dst, first, shape } => {
                let keys = code.shape_keys.get(usize::from(shape)).map_or(usize::MAX / 2, |keys| keys.len());
                self.reg(dst) && self.regs(first, keys)
            }
            Op::GroupAdd { key, item, .. } => self.reg(key) && self.reg(item),
            Op::Partial { .. }
            | Op::Call { .. }
            | Op::TailCall { .. }
            | Op::CallBuiltin { .. }
            | Op::CallDirect { .. }
            | Op::CheckFunction { .. }
            | Op::CallEach { .. }
            | Op::Apply { .. }
            | Op::Closure { .. } => self.call(op),
            Op::GroupNextTuple { first, exit, .. } => self.tuple(first) && self.label(exit),
            Op::TupleLoad { first, src } => self.tuple(first) && self.reg(src),
            Op::TuplePush { first, result, step } => {
                self.tuple(first) && self.reg(result) && usize::from(step) < code.tuple_steps.len()
            }
            Op::TupleNumber { stream, binding } => self.reg(stream) && binding < code.tuple_bindings,
            Op::Fields { .. } | Op::Test { .. } | Op::JumpUnless { .. } | Op::JumpUnlessCompared { .. } => {
                self.fused(op)
            }
            _ => self.plain(op),
        }
    }

    /// Instructions that do several things at once.
    fn fused(self, op: Op) -> bool {
        let code = self.code;
        match op {
            Op::Fields { dst, src, selection } => {
                let names =
                    code.selections.get(usize::from(selection)).map(|selection| selection.names.len());
                self.reg(src) && names.is_some_and(|names| self.regs(dst, names))
            }
            Op::Test { dst, src, test } => {
                self.reg(dst) && self.reg(src) && usize::from(test) < code.tests.len()
            }
            Op::JumpUnless { src, test, target } => {
                self.reg(src) && usize::from(test) < code.tests.len() && self.label(target)
            }
            Op::JumpUnlessCompared { left, right, target, .. } => {
                self.reg(left) && self.reg(right) && self.label(target)
            }
            // Everything else is checked by `op`.
            _ => true,
        }
    }

    /// Instructions with nothing but registers.
    fn plain(self, op: Op) -> bool {
        match op {
            Op::Move { dst, src }
            | Op::LoadCell { dst, cell: src }
            | Op::StoreCell { cell: dst, src }
            | Op::Context { dst, src }
            | Op::Wildcard { dst, src }
            | Op::Descendants { dst, src }
            | Op::Truth { dst, src }
            | Op::Negate { dst, src }
            | Op::GroupContext { dst, src }
            | Op::TupleContexts { dst, src }
            | Op::TupleStart { dst, src }
            | Op::Clone { dst, src }
            | Op::Update { target: dst, update: src }
            | Op::Delete { target: dst, names: src } => self.reg(dst) && self.reg(src),
            Op::Add { dst, left, right }
            | Op::Subtract { dst, left, right }
            | Op::Multiply { dst, left, right }
            | Op::Divide { dst, left, right }
            | Op::Remainder { dst, left, right }
            | Op::Equal { dst, left, right }
            | Op::NotEqual { dst, left, right }
            | Op::Less { dst, left, right }
            | Op::LessOrEqual { dst, left, right }
            | Op::Greater { dst, left, right }
            | Op::GreaterOrEqual { dst, left, right }
            | Op::Concatenate { dst, left, right }
            | Op::Range { dst, left, right }
            | Op::In { dst, left, right } => self.reg(dst) && self.reg(left) && self.reg(right),
            // Everything else is checked by `op`.
            _ => true,
        }
    }

    fn tuple(self, first: Reg) -> bool {
        self.regs(first, 1 + usize::from(self.code.tuple_bindings))
    }

    fn call(self, op: Op) -> bool {
        let code = self.code;
        let site = |index: u16| code.sites.get(usize::from(index));
        match op {
            Op::Closure { dst, lambda, context } => {
                let sources = code.lambdas.get(usize::from(lambda.0)).map(|lambda| &lambda.sources[..]);
                let Some(sources) = sources else { return false };
                self.reg(dst) && self.reg(context) && sources.iter().all(|source| self.reg(*source))
            }
            Op::CallBuiltin { dst, first, site: index } | Op::CallDirect { dst, first, site: index } => {
                match site(index) {
                    Some(site) => {
                        let is_known = site
                            .builtin
                            .is_some_and(|builtin| super::Builtin::is_known(u16::from(builtin.0)));
                        self.reg(dst)
                            && self.regs(first, usize::from(site.arguments))
                            && self.reg(site.context)
                            && is_known
                    }
                    None => false,
                }
            }
            Op::Call { dst, first, site: index } | Op::Partial { dst, first, site: index } => {
                match site(index) {
                    Some(site) => {
                        let count = usize::from(site.arguments).max(site.given.len());
                        self.reg(dst) && self.regs(first, 1 + count) && self.reg(site.context)
                    }
                    None => false,
                }
            }
            Op::TailCall { first, site: index } => match site(index) {
                Some(site) => self.regs(first, 1 + usize::from(site.arguments)) && self.reg(site.context),
                None => false,
            },
            Op::CheckFunction { src, site: index, .. } => self.reg(src) && site(index).is_some(),
            Op::CallEach { dst, first, count } => self.reg(dst) && self.regs(first, 1 + usize::from(count)),
            Op::Apply { dst, first } => self.reg(dst) && self.regs(first, 2),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jsonata::compiler::{Dialect, Instructions, compile};

    /// The code of an expression in which fused instructions are used, changed.
    fn changed(change: impl FnOnce(&mut Code)) -> Result<(), Unsound> {
        let ast = crate::jsonata::parse("a[b > 1 and c = 'x'].{ 'k': b * c, 'l': b < 2, 'm': $sum(b) }");
        let dialect = Dialect::Reference { shadowed: &[] };
        let mut code = compile(&ast.unwrap(), dialect, Instructions::All, &mut |_| Some(0)).unwrap();
        assert_eq!(code.verify(1), Ok(()));
        change(&mut code);
        code.verify(1)
    }

    /// Replaces the first instruction that `replace` has another for.
    fn first(replace: impl Fn(Op) -> Option<Op>) -> impl FnOnce(&mut Code) {
        move |code| {
            let found = code.ops.iter_mut().find_map(|op| Some((replace(*op)?, op)));
            let (other, op) = found.expect("there is such an instruction");
            *op = other;
        }
    }

    /// The first instruction of a kind with something else in one of its places.
    macro_rules! with {
        ($kind:ident { $field:ident: $value:expr, $($other:ident),* }) => {
            changed(first(|op| match op {
                Op::$kind { $($other),*, .. } => Some(Op::$kind { $field: $value, $($other),* }),
                _ => None,
            }))
        };
    }

    #[test]
    fn fused_instructions_name_what_is_there() {
        let far = Reg(u16::MAX);
        let broken = [
            with!(Fields { dst: far, src, selection }),
            with!(Fields { src: far, dst, selection }),
            with!(Fields { selection: 99, dst, src }),
            with!(JumpUnless { test: 99, src, target }),
            with!(JumpUnless { src: far, test, target }),
            with!(JumpUnless { target: Label(0), src, test }),
            with!(PushJump { target: Label(0), src }),
            with!(PushJump { src: far, target }),
            with!(Test { test: 99, dst, src }),
            with!(Test { dst: far, src, test }),
            with!(CallDirect { site: 99, dst, first }),
            with!(CallDirect { first: far, dst, site }),
            changed(|code| code.selections[0].lengths = 0),
            changed(|code| code.tests[0].name = Some(99)),
            changed(|code| code.tests[0].constant = Constant::Number(f64::INFINITY)),
            changed(|code| code.tests[0].constant = Constant::String(99)),
        ];
        for (index, result) in broken.into_iter().enumerate() {
            assert_eq!(result, Err(Unsound), "change {index}");
        }
    }
}
