//! Math: `States.MathRandom` and `States.MathAdd`.

use super::IntrinsicError;
use super::argument::Arguments;
use crate::value::Value;
use crate::value::random::Random;

/// `States.MathRandom(low, high[, seed])`: an integer from `low` to below `high`; the same one for the same seed.
pub(super) fn random<'a>(
    arguments: Arguments<'_, '_, 'a>,
    random: &mut Random,
) -> Result<Value<'a>, IntrinsicError> {
    let (low, high) = (arguments.integer(0)?, arguments.integer(1)?);
    if low >= high {
        return Err(arguments.fail(format_args!("needs a start below its end, given {low} and {high}")));
    }
    Ok(Value::Int(if arguments.values().len() == 3 {
        Random::new(arguments.integer(2)? as u64).range(low, high)
    } else {
        random.range(low, high)
    }))
}

/// `States.MathAdd(first, second)`: each is rounded first, then they are added, as AWS's results show.
pub(super) fn add<'a>(arguments: Arguments<'_, '_, 'a>) -> Result<Value<'a>, IntrinsicError> {
    let (first, second) = (arguments.integer(0)?, arguments.integer(1)?);
    match first.checked_add(second) {
        Some(sum) => Ok(Value::Int(sum)),
        None => Err(arguments.fail(format_args!("cannot hold the sum of {first} and {second}"))),
    }
}
