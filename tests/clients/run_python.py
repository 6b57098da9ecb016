#!/usr/bin/env python3
"""Runs cases.json with the Python client. Usage: run_python.py SUITE.json [WORD]

A step: `call` with `with` and `options`, perhaps with another `token`; `take` so many (or "all") of what it
iterates over; `save` the result, or `open` it for a later step that takes the `next` of it. It must `see` what
matches, or end with an `error`, or with either (`or_error`). "$name.member.0" is part of a saved result. What must be seen:

  an object        has these members, which match    {"$is": "integer"}    integer, number or string
  a list           as long, and each matches         {"$has": "text"}      a text with this in it
  anything else    is equal                          {"$length": 2}        a list of so many
  {"$each": X}     a list of which each matches      {"$at_least": 2}      a number
  {"$some": X}     a list of which one matches       {"$ascending": "id"}  each has a higher one
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

import millrace

Saved = Dict[str, Any]
TYPES: Dict[str, Callable[[Any], bool]] = {
    "integer": lambda seen: isinstance(seen, int) and not isinstance(seen, bool),
    "number": lambda seen: isinstance(seen, (int, float)) and not isinstance(seen, bool),
    "string": lambda seen: isinstance(seen, str),
}
FORMS: Dict[str, Callable[[Any, Any], bool]] = {
    "$is": lambda form, seen: TYPES[form](seen),
    "$has": lambda form, seen: isinstance(seen, str) and form in seen,
    "$length": lambda form, seen: bool(len(seen) == form),
    "$at_least": lambda form, seen: bool(seen >= form),
    "$each": lambda form, seen: all(matches(form, one) for one in seen),
    "$some": lambda form, seen: any(matches(form, one) for one in seen),
    "$ascending": lambda form, seen: all(a[form] < b[form] for a, b in zip(seen, seen[1:])),
}


def matches(wanted: Any, seen: Any) -> bool:
    if isinstance(wanted, dict):
        return all(
            FORMS[name](form, seen)
            if name in FORMS
            else isinstance(seen, dict) and name in seen and matches(form, seen[name])
            for name, form in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(seen, list) and len(wanted) == len(seen) and all(map(matches, wanted, seen))
    return type(wanted) is type(seen) and bool(wanted == seen)


def filled_in(value: Any, saved: Saved) -> Any:
    """With the saved results in place of their names."""
    if isinstance(value, str) and value.startswith("$"):
        name, *path = value[1:].split(".")
        found = saved[name]
        for part in path:
            found = found[int(part)] if isinstance(found, list) else found[part]
        return found
    if isinstance(value, list):
        return [filled_in(one, saved) for one in value]
    if isinstance(value, dict):
        made = {name: filled_in(one, saved) for name, one in value.items()}
        return millrace.NewJob(**made["$job"]) if "$job" in made else made
    return value


def plain(value: Any) -> Any:
    if isinstance(value, millrace.Submitted):
        return value._asdict()
    return [plain(one) for one in value] if isinstance(value, list) else value


def described(raised: Exception) -> Dict[str, Any]:
    names = ("status", "code", "title", "detail", "next", "retry_after", "submitted", "after", "until")
    said = {name: plain(getattr(raised, name)) for name in names if hasattr(raised, name)}
    return {"error": type(raised).__name__, **said}


class Case:
    def __init__(self, suite: Dict[str, Any], case: Dict[str, Any]) -> None:
        self._suite = suite
        self._url = suite["urls"][case.get("through", "server")]
        self._steps = case["steps"]
        self._client = millrace.Client(self._url, data_dir=suite["data_dir"])
        self._saved: Saved = {"env": suite["env"]}
        self._open: Dict[str, Iterator[Any]] = {}

    def run(self) -> None:
        for step in self._steps:
            try:
                seen = self._perform(step)
            except Exception as raised:
                seen = described(raised)
                if "error" not in step and "or_error" not in step:
                    raise
                wanted = step.get("error", step.get("or_error"))
            else:
                wanted = step.get("see", {}) if "error" not in step else {"error": {"$is": "string"}}
            if not matches(filled_in(wanted, self._saved), seen):
                raise AssertionError(f"{json.dumps(step)}\n  saw {json.dumps(seen)}")
            if "save" in step:
                self._saved[step["save"]] = seen

    def _perform(self, step: Dict[str, Any]) -> Any:
        if "next" in step:
            return list(itertools.islice(self._open[step["next"]], step["take"]))
        client = self._client
        if "token" in step:
            client = millrace.Client(self._url, token=filled_in(step["token"], self._saved))
        arguments = filled_in(step.get("with", []), self._saved)
        result = getattr(client, step["call"])(*arguments, **filled_in(step.get("options", {}), self._saved))
        if "open" in step:
            self._open[step["open"]] = result
            return None
        if "take" not in step:
            return plain(result)
        return list(itertools.islice(result, None if step["take"] == "all" else step["take"]))


def uncalled(suite: Dict[str, Any], cases: Dict[str, Any]) -> List[str]:
    """Operations of the API that no case calls."""
    described_there = millrace.Client(suite["urls"]["server"], data_dir=suite["data_dir"]).openapi()["paths"]
    known = {way["operationId"] for path in described_there.values() for way in path.values()}
    called = {step["call"] for case in cases["cases"] for step in case["steps"] if "call" in step}
    reached = {operation for call, operation in cases["operations"].items() if call in called}
    return sorted(known - reached - set(cases["without_a_method"]))


def failure_of(case: Callable[[], None]) -> Optional[str]:
    try:
        case()
    except Exception as raised:
        return f"{type(raised).__name__}: {raised}"
    return None


def main() -> int:
    suite = json.loads(Path(sys.argv[1]).read_text())
    cases = json.loads((Path(__file__).parent / "cases.json").read_text())
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    missing = [] if word else uncalled(suite, cases)
    for operation in missing:
        print(f"python: failed: no case calls {operation}")
    passed, failed = 0, len(missing)
    for case in (one for one in cases["cases"] if word in one["name"]):
        failure = failure_of(Case(suite, case).run)
        print(f"python: {'ok' if failure is None else 'failed'}: {case['name']}", flush=True)
        if failure is not None:
            print(f"  {failure}", flush=True)
        passed, failed = passed + (failure is None), failed + (failure is not None)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
