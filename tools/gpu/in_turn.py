"""In: programs that take long to get ready. Out: what each has to tell then, with no other beside it.

A program prints `ready`, waits for a line and prints one; what it has printed before does not matter.
"""
import select
import subprocess
import sys
import time

SECONDS_OF_EACH = 8


def lines_of(commands, end):
    """The lines of {name: command}, in this order. All get ready at once. When none is on its way any more, or as late
    as leaves each its turn before `end`, those that are not ready are ended, and the others go on one by one."""
    programs = {name: subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
                for name, command in commands.items()}
    try:
        for name in ready(programs, end - SECONDS_OF_EACH * len(programs)):
            line = told(programs[name])
            if line:
                yield line
            else:
                print(f"{name}: told nothing", file=sys.stderr)
            finish(programs[name])
    finally:
        for program in programs.values():
            finish(program)


def ready(programs, end):
    """Their names; the others are ended."""
    on_their_way, there = {program.stdout: name for name, program in programs.items()}, set()
    while on_their_way and time.monotonic() < end:
        for output in select.select(on_their_way, [], [], max(0, end - time.monotonic()))[0]:
            line = output.readline()
            if line == b"ready\n":
                there.add(on_their_way[output])
            if line in (b"ready\n", b""):
                del on_their_way[output]
    for name in [name for name in programs if name not in there]:
        print(f"{name}: did not get ready", file=sys.stderr)
        finish(programs[name])
    return [name for name in programs if name in there]


def told(program):
    try:
        program.stdin.write(b"go\n")
    except OSError:  # it has ended meanwhile
        return ""
    in_time = select.select([program.stdout], [], [], SECONDS_OF_EACH)[0]
    return program.stdout.readline().decode().rstrip("\n") if in_time else ""


def finish(program):
    program.kill()
    with program:  # waits, and closes the pipes
        pass
