#!/usr/bin/env python3
"""Runs the commands of a page of the docs as they are written, in one shell, in a new folder.

Commands are the lines of blocks marked `sh`, and those behind `$ ` in blocks marked `console`. Each must
end with 0. not_run.txt lists those that are not run; prepare.sh makes what a page expects. Options of
millrace's programs must stand in their --help, also where the page names them in a sentence.
Usage: run_page.py SOURCE_DIR BUILD_DIR PAGE
"""

import functools
import itertools
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
source, build = (pathlib.Path(folder).resolve() for folder in sys.argv[1:3])
page = sys.argv[3]
problems = []


def not_run():
    """The words of each command of the page that is listed as not run."""
    listed = []
    for line in (here / "not_run.txt").read_text().splitlines():
        if line.startswith("  "):
            name, command = line.split(None, 1)
            if not (source / name).exists():
                problems.append(f"not_run.txt: the page {name} is not there")
            if name == page:
                listed.append(shlex.split(command))
    return listed


def commands(blocks):
    """Text and words of each command. It goes on until its quotes are closed."""
    for language, body in blocks:
        if language == "console":
            body = "".join(re.findall(r"^\$ (.*\n)", body, re.MULTILINE))
        elif language not in ("sh", "bash", "shell"):
            continue
        text = ""
        for line in body.replace("\\\n", " ").splitlines():
            text += line + "\n"
            try:
                words = shlex.split(text, comments=True)
            except ValueError:
                continue
            if words:
                yield text, words
            text = ""
        if text:
            problems.append(f"the quotes are not closed: {text}")


@functools.cache
def output(*command):
    return subprocess.run([build / command[0], *command[1:]], stdout=subprocess.PIPE, text=True, check=False).stdout


def is_known(program, words, option):
    if setting := re.fullmatch(r"--([a-z_.]+)\.([a-z_]+)", option):
        section = output("millrace", "config", "--template").partition(f"\n[{setting[1]}]\n")[2].split("\n[")[0]
        return re.search(rf"^;?{setting[2]} =", section, re.MULTILINE)
    arguments = words[:1] if program == "millrace" else []
    return re.search(rf"^ +(-\w \[ )?{option}(?![\w-])", output(program, *arguments, "--help"), re.MULTILINE)


def check_use(words):
    """Looks up the subcommand and the options of a command in its help."""
    said, program, words = " ".join(words), words[0].rsplit("/", 1)[-1], words[1:]
    if not re.fullmatch("millrace(-[a-z]+)*", program) or not (build / program).exists():
        return
    names = list(itertools.takewhile(re.compile("[a-z][a-z-]*$").match, words[:2]))
    if names and not re.search(rf"^  ({program} )?{names[0]}\b", output(program, "--help"), re.MULTILINE):
        problems.append(f"{program} has no command {names[0]}: {said}")
    elif names[:1] in (["inspect"], ["certs"]) and len(names) == 2:
        if not re.search(rf"^  (.*, )?{names[1]}\b", output(program, names[0], "--help"), re.MULTILINE):
            problems.append(f"millrace {names[0]} knows nothing of {names[1]}: {said}")
    for option in words:
        if re.match("--?[a-z]", option) and not is_known(program, words, option):
            problems.append(f"{program} has no option {option}: {said}")


def script(to_run):
    lines = [f". {shlex.quote(str(here / 'prepare.sh'))}"]
    for text, words in to_run:
        lines.append(f"printf '\\n+ %s' {shlex.quote(text)}")
        if words[0].endswith("millrace") and words[1] == "run" and "--until-idle" not in words:
            text = "start " + text.rstrip("&\n") + "\n"
        lines.append(f"{text}ended $?")
    return "\n".join([*lines, "end_page\n"])


def run(to_run, blocks):
    """The exit code of the commands, in a folder that looks like a clone that was built."""
    with tempfile.TemporaryDirectory(prefix="docs.") as folder:
        work, parts = pathlib.Path(folder, "work"), pathlib.Path(folder, "parts")
        for made in (work / "build", parts):
            made.mkdir(parents=True)
        for name in ("config", "examples"):
            (work / name).symlink_to(source / name)
        (work / "build/release").symlink_to(build)
        for number, (language, body) in enumerate(blocks):
            before = sum(language == other for other, _ in blocks[:number])
            (parts / f"{language}-{before + 1}").write_text(body)
        (parts / "script").write_text(script(to_run))
        command = ["timeout", "--kill-after=30", "300"]
        if needs_postgres(to_run):
            command += [source / "scripts/with-postgres", "--volatile"]
        command += ["sh", "-c", 'cd "$HOME" && . "$PARTS/script"']
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("MILLRACE_", "PG", "XDG_"))}
        environment |= {"HOME": str(work), "PARTS": str(parts), "PAGE": page,
                        "PATH": f"{build}:{os.environ['PATH']}"}
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


def needs_postgres(to_run):
    return any("postgresql:" in text for text, _ in to_run)


def main():
    text = (source / page).read_text()
    block = re.compile(r"^ *```(\S*).*\n((?:.*\n)*?) *```$", re.MULTILINE)
    blocks, listed = block.findall(text), not_run()
    if any(not language for language, _ in blocks):
        problems.append("a block says no language: sh and console are run, text and others are not")
    all_commands = list(commands(blocks))
    named = [span.split() for span in re.findall(r"`((?:build/release/)?millrace[^`]*)`", block.sub("", text))]
    for words in listed:
        if words not in named + [words for _, words in all_commands]:
            problems.append(f"not_run.txt: the page does not say {shlex.join(words)}")
    for words in [words for words in named if words not in listed] + [words for _, words in all_commands]:
        check_use(words)
    to_run = [command for command in all_commands if command[1] not in listed]
    if needs_postgres(to_run) and "TEST_POSTGRES_URL" not in os.environ and not problems:
        print("skipped: TEST_POSTGRES_URL names no PostgreSQL")
        return 77
    if to_run and not problems and (code := run(to_run, blocks)):
        problems.append(f"the commands ended with {code}" + " (not in time)" * (code == 124))
    for problem in problems:
        print(f"{page}: {problem}", file=sys.stderr)
    return 1 if problems else 0


sys.exit(main())
