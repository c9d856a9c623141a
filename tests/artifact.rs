//! Artifacts: what is loaded is what was compiled, and nothing that can be loaded harms the VM.

#[path = "support/bounded.rs"]
mod bounded;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use aslx::asl::model::MachineType;
use aslx::bytecode::{ArtifactError, Program, disassemble, is_artifact};
use aslx::value::random::Random;
use aslx::{CompileOptions, compile};
use bounded::{body, reseal, run_bounded, with_body};

const INPUTS: [&str; 3] = [
    r#"{"a":{"b":1,"x":"log-1"},"b":[1,2.50],"list":[3,{"b":"x"},null],"n":4,"s":"[1,2]","t":"2026-01-02T03:04:05Z",
        "orderId":7,"quantity":3,"order":{"id":7,"items":[{"sku":"a","price":1.5}],"total":9}}"#,
    "[]",
    r#" { "list" : [ [ ] , [ 1 ] ] , "n" : -1.5e3 , "s" : "\u00e9" } "#,
];

/// One of everything that a program can hold.
const EVERYTHING: &str = include_str!("inputs/everything.asl.json");

fn compiled(definition: &str) -> Option<Program> {
    let mut options = CompileOptions::default();
    options.machine_type = MachineType::Standard;
    compile(definition, &options).ok().map(|program| program.with_name("machine"))
}

/// Every definition of the repository that can be run.
fn programs() -> Vec<Program> {
    let mut folders = vec![
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("benches"),
    ];
    let mut programs: Vec<_> = compiled(EVERYTHING).into_iter().collect();
    assert_eq!(programs.len(), 1, "{:#?}", compile(EVERYTHING, &CompileOptions::default()).err());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".asl.json") {
                programs.extend(compiled(&fs::read_to_string(path).expect("readable")));
            }
        }
    }
    assert!(programs.len() > 12, "{} programs", programs.len());
    programs
}

#[test]
fn what_is_loaded_is_what_was_compiled() {
    for program in programs() {
        let artifact = program.to_artifact();
        assert!(
            is_artifact(&artifact)
                && std::str::from_utf8(&artifact[..8]).is_ok_and(|text| text.contains('\u{1a}'))
        );
        let loaded = Program::from_artifact(&artifact).expect("sound");
        assert_eq!(disassemble(&loaded), disassemble(&program));
        assert_eq!(format!("{loaded:?}"), format!("{program:?}"), "flags and all else that is computed anew");
        assert_eq!((loaded.name(), loaded.machine_type()), (Some("machine"), MachineType::Standard));
        assert_eq!(loaded.to_artifact(), artifact);
        let (program, loaded) = (Arc::new(program), Arc::new(loaded));
        for input in INPUTS {
            assert_eq!(run_bounded(&loaded, input), run_bounded(&program, input), "{input}");
        }
    }
}

#[test]
fn any_changed_byte_is_noticed() {
    for program in programs() {
        let artifact = program.to_artifact();
        for at in 0..artifact.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut damaged = artifact.clone();
                damaged[at] ^= change;
                let error = Program::from_artifact(&damaged).expect_err("damaged");
                let expected = match at {
                    0..8 => matches!(error, ArtifactError::NotAnArtifact),
                    8..12 => matches!(error, ArtifactError::Format { .. }),
                    12..16 => matches!(error, ArtifactError::Length { .. }),
                    _ => error == ArtifactError::Checksum,
                };
                assert!(expected, "byte {at}: {error}");
            }
        }
    }
}

#[test]
fn unusable_artifacts_say_why_and_what_to_do() {
    let artifact = compiled(EVERYTHING).expect("sound").to_artifact();
    let check = |bytes: &[u8], expected: &str| {
        assert_eq!(Program::from_artifact(bytes).expect_err("unusable").to_string(), expected);
    };
    check(b"{\"StartAt\":", "this is no artifact: make one of a definition with `aslx compile`");
    check(
        &artifact[..10],
        "the artifact is damaged: it has 10 bytes, less than its header: compile the definition again",
    );
    let short = &artifact[..artifact.len() - 1];
    let expected = format!(
        "the artifact is damaged: it has {} bytes and should have {}: compile the definition again",
        short.len(),
        artifact.len()
    );
    check(short, &expected);
    let mut other = artifact.clone();
    other[8] = 77;
    check(
        &other,
        "the artifact has format 77, and this version of aslx loads format 8: compile the definition again with this version",
    );
    check(
        &with_body(&artifact, b""),
        "the artifact holds no program: one of its tables cannot be read: compile the definition again with this version",
    );
    let longer = [body(&artifact), b"\0"].concat();
    check(
        &with_body(&artifact, &longer),
        "the artifact holds no program: something follows its tables: compile the definition again with this version",
    );
}

/// Lengths that are not backed by bytes allocate nothing.
#[test]
fn lengths_that_lie_are_refused() {
    let artifact = compiled(EVERYTHING).expect("sound").to_artifact();
    let whole = body(&artifact);
    for at in 0..whole.len() {
        let mut lying = whole[..at].to_vec();
        lying.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0x0f]);
        assert!(Program::from_artifact(&with_body(&artifact, &lying)).is_err(), "{at}");
        lying.extend_from_slice(&whole[at..]);
        if let Ok(program) = Program::from_artifact(&with_body(&artifact, &lying)) {
            let _ = run_bounded(&Arc::new(program), INPUTS[0]);
        }
    }
}

/// A body with some bytes changed, checksum and all: it is refused, or it runs within its bounds.
#[test]
fn changed_programs_are_refused_or_run_within_bounds() {
    let artifacts: Vec<_> = programs().iter().map(Program::to_artifact).collect();
    let mut random = Random::new(11);
    let mut pick = |from: usize, below: usize| random.range(from as i64, below as i64) as usize;
    let mut loaded = 0;
    for case in 0..20_000 {
        let mut artifact = artifacts[case % artifacts.len()].clone();
        for _ in 0..pick(1, 4) {
            let at = pick(20, artifact.len());
            artifact[at] = match pick(0, 4) {
                0 => pick(0, 256) as u8,
                1 => artifact[at].wrapping_add(1),
                2 => artifact[at].wrapping_sub(1),
                _ => artifact[pick(20, artifact.len())],
            };
        }
        reseal(&mut artifact);
        if let Ok(program) = Program::from_artifact(&artifact) {
            loaded += 1;
            assert!(!disassemble(&program).is_empty());
            let program = Arc::new(program);
            let _ = run_bounded(&program, INPUTS[case % INPUTS.len()]);
        }
    }
    assert!(loaded > 2_000, "only {loaded} were accepted: the test says little");
}
