//! Calling functions: frames of lambdas, functions of the language, partial application, chains.

use smallvec::SmallVec;

use super::dispatch::Cursor;
use super::state::{Evaluation, FRAMES_MAX, Frame, NESTED_MAX, Registers};
use super::steps::inner_of_whole;
use crate::jsonata::code::{LambdaId, Op, Reg, Site};
use crate::jsonata::error::Error;
use crate::jsonata::functions::{self, error_value};
use crate::jsonata::item::{Function, Item};

/// Arguments of a call.
type Arguments<'a> = SmallVec<[Item<'a>; 4]>;

impl<'a> Cursor<'a> {
    #[inline]
    fn arguments(&self, first: Reg, count: u16) -> Arguments<'a> {
        let start = usize::from(first.0);
        SmallVec::from_slice(&self.frame[start..start + usize::from(count)])
    }
}

impl<'a> Evaluation<'_, 'a> {
    /// The instructions of this file.
    pub(super) fn calling(&mut self, cursor: &mut Cursor<'a>, op: Op) -> Result<(), Error> {
        let code = self.code;
        match op {
            Op::Closure { dst, lambda, context } => {
                let sources = &code.lambdas[usize::from(lambda.0)].sources;
                let captured = sources.iter().map(|source| cursor.get(*source));
                let captures: &'a [Item<'a>] = self.heap.arena.bump().alloc_slice_fill_iter(captured);
                let context = cursor.get(context);
                let function = Item::function(Function::Lambda { lambda, captures, context }, self.heap);
                cursor.set(dst, function);
                Ok(())
            }
            Op::CallBuiltin { dst, first, site } => {
                self.builtin(cursor, dst, first, &code.sites[usize::from(site)])
            }
            Op::Call { dst, first, site } => {
                let site = &code.sites[usize::from(site)];
                let function = cursor.get(first);
                let arguments = cursor.arguments(first.offset(1), site.arguments);
                self.call_item(cursor, dst, function, arguments, Some(site))
            }
            Op::TailCall { first, site } => {
                let site = &code.sites[usize::from(site)];
                let function = cursor.get(first);
                let arguments = cursor.arguments(first.offset(1), site.arguments);
                self.tail_call(cursor, function, arguments, site)
            }
            Op::CallEach { dst, first, count } => {
                let function = cursor.get(first);
                let taken = self.arity(function).clamp(1, usize::from(count));
                let arguments = cursor.arguments(first.offset(1), taken as u16);
                self.call_item(cursor, dst, function, arguments, None)
            }
            _ => self.applying(cursor, op),
        }
    }

    /// Functions as values.
    fn applying(&mut self, cursor: &mut Cursor<'a>, op: Op) -> Result<(), Error> {
        let code = self.code;
        match op {
            Op::Apply { dst, first } => {
                let (function, argument) = (cursor.get(first), cursor.get(first.offset(1)));
                if !function.is_function() {
                    return Err(error_value(Error::new("T2006"), function, self.heap.docs));
                }
                if argument.is_function() {
                    let chain = Function::Chain { first: argument, second: function };
                    let chain = Item::function(chain, self.heap);
                    cursor.set(dst, chain);
                    return Ok(());
                }
                self.call_item(cursor, dst, function, SmallVec::from_slice(&[argument]), None)?;
                // A lambda has its result come later, unwrapped.
                if !matches!(function, Item::Function(Function::Lambda { .. })) {
                    cursor.set(dst, cursor.get(dst).unwrapped());
                }
                Ok(())
            }
            Op::Partial { dst, first, site } => {
                let site = &code.sites[usize::from(site)];
                let function = cursor.get(first);
                if !function.is_function() {
                    let code = if site.suggestion && function.is_undefined() { "T1007" } else { "T1008" };
                    return Err(named(Error::new(code), site));
                }
                let given =
                    site.given.iter().enumerate().map(|(index, is_given)| {
                        is_given.then(|| cursor.get(first.offset(1 + index as u16)))
                    });
                let arguments: &'a [Option<Item<'a>>] = self.heap.arena.bump().alloc_slice_fill_iter(given);
                let partial = Item::function(Function::Partial { function, arguments }, self.heap);
                cursor.set(dst, partial);
                Ok(())
            }
            Op::CheckFunction { src, index, site } => {
                let item = cursor.get(src);
                if item.is_function() {
                    return Ok(());
                }
                let error =
                    named(Error::new("T0410").index(usize::from(index)), &code.sites[usize::from(site)]);
                Err(error_value(error, item, self.heap.docs))
            }
            // Everything else is dispatched before.
            _ => Ok(()),
        }
    }

    /// Calls a function of the language.
    #[inline(never)]
    pub(super) fn builtin(
        &mut self,
        cursor: &mut Cursor<'a>,
        dst: Reg,
        first: Reg,
        site: &Site,
    ) -> Result<(), Error> {
        let arguments = cursor.arguments(first, site.arguments);
        let result = self.call_builtin(cursor, site, &arguments)?;
        let result = if site.keep_array { self.kept(result) } else { result };
        cursor.set(dst, result.unwrapped());
        Ok(())
    }

    fn call_builtin(
        &mut self,
        cursor: &Cursor<'a>,
        site: &Site,
        arguments: &[Item<'a>],
    ) -> Result<Item<'a>, Error> {
        self.charge(1)?;
        let Some(builtin) = site.builtin else { return Ok(Item::Undefined) };
        let context = inner_of_whole(cursor.get(site.context));
        let result = match builtin.signature() {
            Some(signature) => signature
                .validate(self, arguments, context)
                .and_then(|arguments| builtin.call(self, &arguments)),
            None => builtin.call(self, arguments),
        };
        result.map_err(|error| named(error, site))
    }

    /// Calls a function that is a value: a lambda gets a frame, everything else is called at once.
    fn call_item(
        &mut self,
        cursor: &mut Cursor<'a>,
        dst: Reg,
        function: Item<'a>,
        arguments: Arguments<'a>,
        site: Option<&Site>,
    ) -> Result<(), Error> {
        self.charge(1)?;
        let context = site.map_or(Item::Undefined, |site| inner_of_whole(cursor.get(site.context)));
        if let Item::Function(Function::Lambda { lambda, captures, context: own }) = function {
            let arguments =
                self.checked(*lambda, arguments, context).map_err(|error| located(error, site))?;
            let position = site.and_then(|_| self.code.position((cursor.pc - 1) as u16));
            self.enter_frame(cursor, *lambda, captures, *own, &arguments, dst, position)?;
            return Ok(());
        }
        let result = self.invoke(function, arguments, context).map_err(|error| located(error, site))?;
        let result = match site {
            Some(site) if site.keep_array => self.kept(result).unwrapped(),
            Some(_) => result.unwrapped(),
            // What is called for each element is not unwrapped.
            None => result,
        };
        cursor.set(dst, result);
        Ok(())
    }

    /// A call in place of the frame.
    fn tail_call(
        &mut self,
        cursor: &mut Cursor<'a>,
        function: Item<'a>,
        arguments: Arguments<'a>,
        site: &Site,
    ) -> Result<(), Error> {
        self.charge(1)?;
        let context = inner_of_whole(cursor.get(site.context));
        if let Item::Function(Function::Lambda { lambda, captures, context: own }) = function {
            let arguments =
                self.checked(*lambda, arguments, context).map_err(|error| located(error, Some(site)))?;
            self.spare.push(std::mem::take(&mut cursor.frame));
            cursor.frame = self.new_frame(*lambda, captures, *own, &arguments);
            cursor.pc = usize::from(self.code.lambdas[usize::from(lambda.0)].entry.0);
            return Ok(());
        }
        let result = self.invoke(function, arguments, context).map_err(|error| located(error, Some(site)))?;
        // The call is the last thing that its lambda does: the register after the arguments is the frame's own.
        let result = result.unwrapped();
        self.pending_return(cursor, result);
        Ok(())
    }

    /// Has the frame return a value: its code ends with a `Return` of register 0.
    fn pending_return(&mut self, cursor: &mut Cursor<'a>, result: Item<'a>) {
        cursor.set(Reg::CONTEXT, result);
        cursor.pc = self.code.ops.len() - 1;
    }

    /// The arguments as a lambda's signature wants them.
    fn checked(
        &mut self,
        lambda: LambdaId,
        arguments: Arguments<'a>,
        context: Item<'a>,
    ) -> Result<Arguments<'a>, Error> {
        match &self.code.lambdas[usize::from(lambda.0)].signature {
            Some(signature) => signature.validate(self, &arguments, context),
            None => Ok(arguments),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a frame is made of")]
    fn enter_frame(
        &mut self,
        cursor: &mut Cursor<'a>,
        lambda: LambdaId,
        captures: &'a [Item<'a>],
        context: Item<'a>,
        arguments: &[Item<'a>],
        dst: Reg,
        position: Option<u32>,
    ) -> Result<(), Error> {
        if self.frames.len() >= FRAMES_MAX {
            return Err(Error::new("D1011"));
        }
        let frame = self.new_frame(lambda, captures, context, arguments);
        let registers = std::mem::replace(&mut cursor.frame, frame);
        let pc = cursor.pc.min(usize::from(u16::MAX)) as u16;
        self.frames.push(Frame { registers, pc, dst, position });
        cursor.pc = usize::from(self.code.lambdas[usize::from(lambda.0)].entry.0);
        Ok(())
    }

    fn new_frame(
        &mut self,
        lambda: LambdaId,
        captures: &[Item<'a>],
        context: Item<'a>,
        arguments: &[Item<'a>],
    ) -> Registers<'a> {
        let code = &self.code.lambdas[usize::from(lambda.0)];
        let frame = self.registers(code.registers);
        frame[0] = context;
        let count = arguments.len().min(usize::from(code.parameters));
        frame[1..][..count].copy_from_slice(&arguments[..count]);
        for (target, captured) in code.captures.iter().zip(captures) {
            frame[usize::from(target.0)] = *captured;
        }
        frame
    }

    /// Ends the innermost frame. Its result, if it is the one that `run` was to run.
    #[inline(never)]
    pub(super) fn leave_frame(
        &mut self,
        cursor: &mut Cursor<'a>,
        result: Item<'a>,
        depth: usize,
    ) -> Option<Item<'a>> {
        let Some(frame) = self.frames.pop() else { return Some(result) };
        self.spare.push(std::mem::replace(&mut cursor.frame, frame.registers));
        if self.frames.len() <= depth {
            return Some(result);
        }
        cursor.pc = usize::from(frame.pc);
        cursor.set(frame.dst, result);
        None
    }

    /// Calls a function and returns what it returns, unwrapped if it is a lambda; fails with T1006 if it is none.
    pub(crate) fn call(&mut self, function: Item<'a>, arguments: &[Item<'a>]) -> Result<Item<'a>, Error> {
        self.charge(1)?;
        self.invoke(function, SmallVec::from_slice(arguments), Item::Undefined)
    }

    fn invoke(
        &mut self,
        mut function: Item<'a>,
        mut arguments: Arguments<'a>,
        context: Item<'a>,
    ) -> Result<Item<'a>, Error> {
        loop {
            let Item::Function(called) = function else { return Err(Error::new("T1006")) };
            match called {
                Function::Builtin(builtin) => {
                    let arguments = match builtin.signature() {
                        Some(signature) => signature.validate(self, &arguments, context)?,
                        None => arguments,
                    };
                    return self.nested(|evaluation| builtin.call(evaluation, &arguments));
                }
                Function::Lambda { lambda, captures, context: own } => {
                    let arguments = self.checked(*lambda, arguments, context)?;
                    return self
                        .nested(|evaluation| evaluation.run_lambda(*lambda, captures, *own, &arguments));
                }
                Function::Partial { function: inner, arguments: given } => {
                    let mut rest = arguments.into_iter();
                    arguments = given
                        .iter()
                        .map(|given| given.or_else(|| rest.next()).unwrap_or(Item::Undefined))
                        .collect();
                    function = *inner;
                }
                Function::Chain { first, second } => {
                    let (first, second) = (*first, *second);
                    // A chain has one parameter, and no context.
                    arguments.resize(1, Item::Undefined);
                    let result = self.nested(|evaluation| evaluation.invoke(first, arguments, Item::NULL))?;
                    arguments = SmallVec::from_slice(&[result.unwrapped()]);
                    function = second;
                }
                Function::Regex(_) | Function::RegexNext { .. } => {
                    return functions::call_regex(self, called, &arguments);
                }
            }
        }
    }

    /// Runs something on top of the Rust stack, if that is not too high yet.
    fn nested<T>(&mut self, body: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.nested >= NESTED_MAX {
            return Err(Error::new("D1011"));
        }
        self.nested += 1;
        let result = body(self);
        self.nested -= 1;
        result
    }

    fn run_lambda(
        &mut self,
        lambda: LambdaId,
        captures: &'a [Item<'a>],
        context: Item<'a>,
        arguments: &[Item<'a>],
    ) -> Result<Item<'a>, Error> {
        let depth = self.frames.len();
        let mut cursor = Cursor { pc: 0, frame: &mut [] };
        self.enter_frame(&mut cursor, lambda, captures, context, arguments, Reg::CONTEXT, None)?;
        self.run(cursor, depth)
    }

    /// How many parameters a function has.
    pub(crate) fn arity(&self, function: Item<'a>) -> usize {
        let Item::Function(function) = function else { return 0 };
        match function {
            Function::Builtin(builtin) => builtin.arity(),
            Function::Lambda { lambda, .. } => {
                usize::from(self.code.lambdas[usize::from(lambda.0)].parameters)
            }
            Function::Partial { arguments, .. } => arguments.iter().filter(|given| given.is_none()).count(),
            Function::Chain { .. } => 1,
            Function::Regex(_) => 2,
            Function::RegexNext { .. } => 0,
        }
    }
}

/// An error with the name of the function that was called.
#[cold]
fn named(error: Error, site: &Site) -> Error {
    match &site.token {
        Some(token) => error.token(&**token),
        None => error,
    }
}

#[cold]
fn located(error: Error, site: Option<&Site>) -> Error {
    let Some(site) = site else { return error };
    let error = if error.code() == "T1006" && site.suggestion { Error::new("T1005") } else { error };
    named(error, site)
}
