"""In: a program, a time. Out: what it printed, how it ended; many of them side by side."""
import concurrent.futures
import csv
import os
import shutil
import signal
import subprocess
import time


def printed(command, limit, stderr=None):
    """What a program prints, and its exit code; None, and what came before, if the time is up."""
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True)
    try:
        return run.communicate(timeout=limit)[0], run.returncode
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)  # what it has begun, too, or that would disturb what is timed later
        return run.communicate()[0], None


def outcome(command, limit):
    """yes, no or "not run", and what was printed. A run of no test case is none."""
    text, code = printed(command, limit, subprocess.STDOUT)
    if code is None:
        return "not run", "out of time"
    if "test cases: 0 " in text.replace("  ", " "):
        return "not run", "no test cases"
    return ("no" if code else "yes"), text


def lines_of(command, columns, limit):
    """The CSV that a program prints, as far as it came."""
    text, _ = printed(command, limit)
    return [dict(zip(columns, line)) for line in csv.reader(text.splitlines()) if len(line) == len(columns)]


def test_commands(tests, stem):
    """{column of kernels.csv: command}"""
    alone = [str(tests), "--no-intro", f"--source-file=*/{stem}_test.cpp"]
    small = alone + ["--test-case-exclude=large:*,full size:*"]
    commands = {"passed": alone}
    if shutil.which("compute-sanitizer"):
        checked = ["compute-sanitizer", "--error-exitcode", "9"]
        # Whether a call of CUDA failed the tests see themselves, and some make one fail on purpose.
        commands["memcheck"] = [*checked, "--tool", "memcheck", "--report-api-errors", "no", *small]
        commands["racecheck"] = [*checked, "--tool", "racecheck", *small]
    return commands


def test(tests, jobs, seconds):
    """{stem: {column: outcome}} of jobs (stem, column), in this order; each is a process, some side by side."""
    end, outcomes = time.monotonic() + seconds, {}
    jobs = [(*job, command) for job in jobs for command in [test_commands(tests, job[0]).get(job[1])] if command]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        ran = pool.map(lambda job: outcome(job[2], max(1, end - time.monotonic())), jobs)
        for (stem, column, _), (verdict, text) in zip(jobs, ran):
            outcomes.setdefault(stem, {})[column] = verdict
            if verdict == "no":
                print(f"---- {stem}, {column}\n{text[-3000:]}")
    return outcomes
