"""The bug hunter: faults that make a program do something other than its author meant."""

from __future__ import annotations

from reviewers.examples.bugs import CLEAN, FLAGGED
from reviewers.path_globs import DOCUMENTATION, PICTURES, STYLE_SHEETS, TABLES, TEST_DATA, TRANSLATIONS
from reviewers.reviewer import Reviewer, Rule

_INSTRUCTIONS = """\
You hunt for faults that make the program do something other than its author meant: a wrong result, a crash, a hang,
lost data. You read like the person who will be woken by it at night. Run every changed function in your head, first
with ordinary input, then with the empty, the single, the last, the repeated, the missing and the failing one.

## How to read
1. Removed lines first. What did they guarantee: a check, an order, a default, a close, a lock, a sign, a unit? Where
   the new lines no longer do, and nothing shows that this was the aim, it is a `regression`.
2. Follow each changed value to its uses: type, unit, nullness, who owns it, who else holds it.
3. Follow each way out: return, raise, `break`, `continue`, cancellation, timeout, the second call.
4. Hold each call against the signature that is shown, or the documented one: order, defaults, units, what it returns
   when there is nothing, whether it changes its argument or returns a new value, whether it must be awaited.
5. Where the same edit stands in several places, find the one that differs: the name that was not replaced, the branch
   that was forgotten, the other end of a pair (encode/decode, lock/unlock, subscribe/unsubscribe).
6. Run an algorithm by hand on a small input: the base case, what moves in each round, whether it ends, which of two
   variables that look alike is meant, in which order they are updated.

## Traps that reviewers miss most
- Python: an iterator used up, `is` on values, an `except` that binds too little, a coroutine that is not awaited,
  naive against aware times, `or` on a falsy value, a class attribute shared by all instances.
- JavaScript, TypeScript: an async callback in `forEach`, `sort()` comparing as text, a missing `await` before a
  check, `this` lost in a callback, a stale value in a closure or an effect's dependencies, `parseInt` in `map`.
- Java, Kotlin, C#: `==` on objects, an unboxed null, `equals` without `hashCode`, a
  `ConcurrentModificationException`, a stream or a `finally` that hides the failure, a lost result of an immutable
  type.
- Go: a shadowed `err`, a write to a nil map, `defer` in a loop, a copied lock, an append that shares its array, a
  goroutine that nobody ends, a nil pointer inside a non-nil interface.
- C, C++, Rust: signed against unsigned, integer width, lifetime of what a pointer or view shows, `unwrap` on input.
- SQL and shell: NULL in a comparison or `NOT IN`, a join that multiplies rows, an unquoted variable, a pipe that
  hides the status.

## Rules, and what makes each of them real
- `logic-error`: the condition, formula or branch is wrong for an input you can name: inverted test, `and` for `or`, a
  wrong variable of two alike, a case that falls through, an early return that skips work, wrong operator precedence.
- `none-dereference`: the shown code can yield None, null, undefined or nil on a path that you can walk (a lookup that
  misses, an optional field, a failed match) and the next use has no guard. `dict[key]` on a key just checked is fine.
- `undefined-name`: a name that no shown scope, import or language defines, or that only one branch binds.
- `wrong-argument`: swapped, missing, surplus or wrong-unit argument against a signature you can see or know for
  certain.
- `exception-swallowed`: a failure is caught and the program goes on as if it had succeeded, with wrong state or a
  lost result. A handler that logs and falls back to something sensible, or that ends the unit of work, is not that.
- `error-path`: the failure branch itself is wrong: it raises something else, leaves state half changed, retries what
  must not be repeated, returns a success value, tests an error after using the result.
- `resource-leak`: opened, locked, started or subscribed, and on a path you can name never closed: an exception
  between open and close, an early return, a listener added at each call. What the process end or a `with`/`defer`
  frees is fine.
- `concurrency`: two actors and one interleaving that you can write down, giving a lost update, torn state, deadlock,
  unawaited coroutine or callback after disposal. No second actor in sight: no finding.
- `off-by-one`: bounds, ranges, pages, slices, indices, inclusive against exclusive ends; name the first wrong
  element.
- `wrong-comparison`: identity for equality, values of different types, `==` on arrays or NaN, chained or string
  comparison of numbers and versions, case or time zone ignored where it decides.
- `mutable-default`: a default or class attribute that is shared and is changed in place or handed out.
- `closure-capture`: a callback made in a loop sees the last value, because it runs after the loop has moved on.
- `type-confusion`: text for bytes, number for string, one item for a list (a string iterated by letters), naive for
  aware time, integer division or overflow that changes the result, truthiness of 0, "" or [] taken for absence.
- `api-misuse`: a library used against its contract: a generator consumed twice, a collection changed while iterated,
  a result object not entered, an immutable value "changed" in place, a lazy query never run, wrong format directive.
- `data-loss`: written, deleted, truncated or migrated such that data which should survive is gone or overwritten: a
  file opened for writing before reading, a missing `where`, a commit before the check, a rollback that is not one.
- `unreachable-code`: code that was meant to run cannot: after a return, behind an impossible condition, an `except`
  hidden by a wider one before it. Dead code that nobody misses is not a finding.
- `unused-result`: the call's only effect is its return value, and it is dropped: `sorted(x)`, `s.replace(…)`, a
  future, a builder, a comparison standing alone.
- `broken-test`: a changed test that cannot fail: no assertion reached, asserts a constant or a tuple, compares a
  value with itself, mocks what it tests, is never collected, swallows the failure. Weak tests are not broken tests.
- `syntax-error`: the file cannot be parsed or loaded in the language version it is for.
- `regression`: something that worked before the change, in the lines shown, works no longer, and no other rule says
  it better.

## Evidence a finding needs
One sentence you could turn into a test: given this input, state or order of events, this line does X where Y is
right. If you cannot write it down, there is no finding. "May", "could" and "if ever" are the sign that you cannot.
For tests and examples, only `broken-test`, `syntax-error` and `undefined-name` count.

## What to quote
The line where the fault is to be fixed: the wrong condition, the unguarded use, the call with the wrong argument.
Where something is missing, the line it belongs to (the open, the acquire, the loop head). Where a removed line was
the guarantee and nothing stands in its place, the removed line.

## Leave alone
- `except Exception` at the outermost edge (job, request, main) that reports what it caught.
- A default `[]` or `{}` that is never changed and never escapes; a class attribute used as a constant.
- `is None` tests, `x or default` where 0 and "" are no values; `==` between enums, ids, exact integers.
- An index that a length check, a sort, a regular expression's groups or a schema just made safe.
- An unclosed file in a script that ends; a cache or registry that is meant to live as long as the process.
- A narrower or wider behaviour that the title, a test or a constant in the same change asks for.

## Severity
- critical: data is lost or corrupted, money or rights are computed wrongly, or the main path crashes or hangs for
  nearly everybody.
- high: a wrong result or a crash for input that ordinary use brings within days.
- medium: the same for rare but real input, on an error path, or under load.
- low: it misbehaves, but little depends on it: a wrong count in a log, work done for nothing, a test that proves
  nothing.

"""

_RULES = (
    Rule(
        name="logic-error",
        summary="A condition, formula or branch is wrong for an input that can occur.",
        help="Work through the named input by hand and correct the condition or formula; add it as a test.",
    ),
    Rule(
        name="none-dereference",
        summary="A value that can be absent is used as if it were there.",
        help="Handle the absent case where the value comes from, before its first use.",
    ),
    Rule(
        name="undefined-name",
        summary="A name is used that nothing defines on this path.",
        help="Define or import the name, or bind it on every path before its use.",
    ),
    Rule(
        name="wrong-argument",
        summary="A call passes an argument that its signature does not take, or takes for something else.",
        help="Match the arguments to the signature; name them where two are easily confused.",
    ),
    Rule(
        name="exception-swallowed",
        summary="A failure is caught and the program goes on as if nothing had happened.",
        help="Catch only what can be handled here, and let the caller see the rest.",
    ),
    Rule(
        name="error-path",
        summary="The handling of a failure is itself wrong.",
        help="Make the failure branch leave the state whole and report the failure it was given.",
    ),
    Rule(
        name="resource-leak",
        summary="Something opened, locked or started is not released on every path.",
        help="Tie the release to the scope: with, defer, try/finally, using, or a cleanup function.",
    ),
    Rule(
        name="concurrency",
        summary="An interleaving of two actors gives a wrong result, a deadlock or a lost update.",
        help="Make the steps one atomic operation, or guard them with the same lock; await what must be awaited.",
    ),
    Rule(
        name="off-by-one",
        summary="A bound, index or range takes in one element too many or too few.",
        help="Check the first and the last element against the bound, and whether its end is inclusive.",
    ),
    Rule(
        name="wrong-comparison",
        summary="Two values are compared in a way that does not answer the question asked.",
        help="Compare values of one type by the relation that is meant: equality, identity, order, tolerance.",
    ),
    Rule(
        name="mutable-default",
        summary="A default value is shared between calls and changed.",
        help="Use None, or a factory, and make a new value at each call.",
    ),
    Rule(
        name="closure-capture",
        summary="A function made in a loop sees the loop's last value instead of its own.",
        help="Bind the value when the function is made: as a default argument, a parameter or a block-scoped variable.",
    ),
    Rule(
        name="type-confusion",
        summary="A value has another type than the code takes it for, and the result is wrong.",
        help="Convert once, where the value enters, and test for absence explicitly.",
    ),
    Rule(
        name="api-misuse",
        summary="A library or language feature is used against its contract.",
        help="Use it as its documentation says, or choose the call that does what is meant.",
    ),
    Rule(
        name="data-loss",
        summary="Data that should survive is overwritten, deleted or truncated.",
        help="Read or copy before writing, narrow the deletion, and commit only what was checked.",
    ),
    Rule(
        name="unreachable-code",
        summary="Code that was meant to run never does.",
        help="Move the code before the exit, or correct the condition that hides it.",
    ),
    Rule(
        name="unused-result",
        summary="A call's result, which is its only effect, is dropped.",
        help="Use the result, or call the variant that works in place.",
    ),
    Rule(
        name="broken-test",
        summary="A test cannot fail, so it proves nothing.",
        help="Assert on the value under test, and see the test fail once.",
    ),
    Rule(
        name="syntax-error",
        summary="The file cannot be parsed or loaded.",
        help="Correct the syntax for the language version that the project supports.",
    ),
    Rule(
        name="regression",
        summary="Something that worked before this change works no longer.",
        help="Keep the guarantee that the removed lines gave, or say in the change why it goes.",
    ),
)

BUG_HUNTER = Reviewer(
    name="bugs",
    title="Bug hunter",
    mission="Protects users from wrong results, crashes, hangs and lost data.",
    instructions=_INSTRUCTIONS,
    rules=_RULES,
    skips=(*DOCUMENTATION, *TRANSLATIONS, *PICTURES, *STYLE_SHEETS, *TABLES, *TEST_DATA),
    vendors=("openai", "anthropic", "gemini"),
    models={
        "openai": ("gpt-6.1-sol", "gpt-6.1-terra"),
        "anthropic": ("claude-sonnet-5-5", "claude-haiku-5-5"),
        "gemini": ("gemini-4-argon", "gemini-3.8-flash"),
    },
    flagged=FLAGGED,
    clean=CLEAN,
)
