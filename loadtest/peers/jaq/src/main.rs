//! A jq program over every line, run by jaq as a library.

use std::process::ExitCode;

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::write::{Pp, write};
use jaq_json::{Val, read};
use lines::Error;

fn main() -> ExitCode {
    lines::main("peer-jaq PROGRAM EVENTS", |[program, events]| {
        let program = std::fs::read_to_string(program)?;
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions)
            .load(&arena, File { code: program.as_str(), path: () })
            .map_err(|errors| format!("{errors:?}"))?;
        let filter = Compiler::default()
            .with_funs(functions)
            .compile(modules)
            .map_err(|errors| format!("{errors:?}"))?;
        let layout = Pp::default();
        lines::each(&events, |line, output| {
            let input = read::parse_single(line)?;
            let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
            for result in filter.id.run((context, input)).map(unwrap_valr) {
                let result = result.map_err(|error| error.to_string())?;
                write(&mut *output, &layout, 0, &result)?;
            }
            Ok::<_, Error>(())
        })
    })
}
