//! The one match over ops; every arm is a call.

use super::machine::{Flow, Machine};
use super::ops::Invoked;
use super::state::{Register, Status};
use crate::bytecode::{Op, Reg};

/// Puts a value where an op wants it.
#[inline]
fn put<'a>(frame: &mut [Register<'a>], dst: Reg, value: crate::value::Value<'a>) {
    frame[usize::from(dst.0)] = Some(value);
}

impl<'a> Machine<'_, '_, 'a> {
    /// Runs a strand until it ends, needs something, or has used up the slice.
    pub(super) fn run_strand(&mut self, slot: u32) -> Flow {
        let strand = &mut self.state.strands[slot as usize];
        strand.status = Status::Ready;
        let mut pc = strand.pc;
        // The frame is taken out so that ops may use the rest of the state; every way out puts it back.
        let mut frame = std::mem::take(&mut strand.registers);
        let program = self.program;
        let fault = loop {
            let op = program.code[pc as usize];
            pc += 1;
            let result = match op {
                Op::Enter { state } => {
                    if !self.enter(slot, state, &frame) {
                        self.park_frame(slot, pc, frame);
                        return Flow::Yield;
                    }
                    Ok(())
                }
                Op::Exit { output, next } => match self.exit(slot, &frame, output, pc - 1) {
                    Ok(()) => {
                        frame[0] = frame[usize::from(output.0)];
                        pc = next.0;
                        Ok(())
                    }
                    Err(fault) => Err(fault),
                },
                Op::End { output: reg } => {
                    let output = *Self::load(&frame, reg);
                    match self.exit(slot, &frame, reg, pc - 1) {
                        Ok(()) => {
                            self.state.strands[slot as usize].registers = frame;
                            self.finish_strand(slot, output);
                            return Flow::Continue;
                        }
                        Err(fault) => Err(fault),
                    }
                }
                Op::Fail { error, cause } => Err(self.fail_state(&frame, error, cause)),
                Op::Jump { target } => {
                    pc = target.0;
                    Ok(())
                }
                Op::JumpIf { test, target } => self.test(&frame, test).map(|holds| {
                    if holds {
                        pc = target.0;
                    }
                }),
                Op::JumpUnless { test, target } => self.test(&frame, test).map(|holds| {
                    if !holds {
                        pc = target.0;
                    }
                }),
                Op::JumpOn { test, wanted, target } => {
                    if Self::load(&frame, test).as_bool(self.heap.docs) == Some(wanted) {
                        pc = target.0;
                    }
                    Ok(())
                }
                Op::NoChoiceMatched => Err(Self::no_choice_matched()),
                Op::Clear { dst } => {
                    frame[usize::from(dst.0)] = None;
                    Ok(())
                }
                Op::Constant { dst, constant } => {
                    put(&mut frame, dst, self.constant(constant));
                    Ok(())
                }
                Op::Move { dst, src } => {
                    self.copy(&frame, src, pc - 1).map(|value| put(&mut frame, dst, value))
                }
                Op::MoveOptional { dst, src } => {
                    frame[usize::from(dst.0)] = frame[usize::from(src.0)];
                    Ok(())
                }
                Op::Context { dst, field } => {
                    self.context(slot, field).map(|value| put(&mut frame, dst, value))
                }
                Op::Select { dst, src, path } => {
                    let found = self.find(&frame, src, path);
                    if found.is_some() {
                        frame[usize::from(dst.0)] = found;
                        self.check_found(path)
                    } else {
                        Err(self.not_found(&frame, src, path, pc - 1))
                    }
                }
                Op::Object { dst, first, shape } => {
                    let value = self.object(&frame, first, shape);
                    put(&mut frame, dst, value);
                    Ok(())
                }
                Op::Array { dst, first, count } => {
                    let value = self.array(&frame, first, count);
                    put(&mut frame, dst, value);
                    Ok(())
                }
                Op::Intrinsic { dst, first, call } => {
                    self.intrinsic(slot, &frame, first, call, pc - 1).map(|value| put(&mut frame, dst, value))
                }
                Op::SetPath { dst, value, path } => {
                    self.set_path(&frame, value, path).map(|combined| put(&mut frame, dst, combined))
                }
                Op::WaitSeconds { seconds } => match self.wait_seconds(slot, &frame, seconds, pc - 1) {
                    Ok(until) => {
                        self.park_frame(slot, pc, frame);
                        return self.sleep(slot, pc, until);
                    }
                    Err(fault) => Err(fault),
                },
                Op::WaitUntil { timestamp } => match self.wait_until(&frame, timestamp, pc - 1) {
                    Ok(until) => {
                        self.park_frame(slot, pc, frame);
                        return self.sleep(slot, pc, until);
                    }
                    Err(fault) => Err(fault),
                },
                Op::Task { dst, first, task } => match self.invoke(slot, &frame, dst, first, task) {
                    Ok(Invoked::Answered(value)) => {
                        put(&mut frame, dst, value);
                        Ok(())
                    }
                    Ok(Invoked::Asked(effect)) => {
                        self.park_frame(slot, pc, frame);
                        return Flow::Suspend(effect);
                    }
                    Err(fault) => Err(fault),
                },
                Op::Parallel { dst, input, fork } => {
                    self.start_parallel(slot, &frame, dst, input, fork);
                    self.park_frame(slot, pc, frame);
                    self.begin_fork(slot);
                    return Flow::Continue;
                }
                Op::Map { dst, first, fork } => {
                    match self.start_map(slot, &frame, dst, first, fork, pc - 1) {
                        Ok(()) => {
                            self.park_frame(slot, pc, frame);
                            self.begin_fork(slot);
                            return Flow::Continue;
                        }
                        Err(fault) => Err(fault),
                    }
                }
                Op::MapRun { dst, first, run } => {
                    match self.start_map_run(slot, &frame, dst, first, run, pc - 1) {
                        Ok(effect) => {
                            self.park_frame(slot, pc, frame);
                            return Flow::Suspend(effect);
                        }
                        Err(fault) => Err(fault),
                    }
                }
                Op::Return { output } => {
                    let output = *Self::load(&frame, output);
                    self.park_frame(slot, pc, frame);
                    self.finish_strand(slot, output);
                    return Flow::Continue;
                }
                Op::Query { dst, first, query } => {
                    self.query(slot, &frame, first, query).map(|value| put(&mut frame, dst, value))
                }
                Op::Pick { dst, src, shape } => {
                    self.pick(&mut frame, dst, src, shape);
                    Ok(())
                }
                Op::Inspect { src, aspect } => {
                    self.inspect(&frame, src, aspect);
                    Ok(())
                }
            };
            if let Err(fault) = result {
                break fault;
            }
        };
        self.park_frame(slot, pc, frame);
        self.raise(slot, fault)
    }

    fn park_frame(&mut self, slot: u32, pc: u32, frame: Vec<Register<'a>>) {
        let strand = &mut self.state.strands[slot as usize];
        strand.pc = pc;
        strand.registers = frame;
    }
}
