#!/usr/bin/env python3
"""In: the tree. Out: a line for each place that breaks a rule of the house, exit 1 if there is one.

    tools/check_house.py [ROOT]

The rules are the tables below: which folder may include which, which library is seen from where, what stands
beside what, what a file looks like. CONTRIBUTING.md tells them in words.
"""
import pathlib
import re
import subprocess
import sys

# ---- who may include whom ------------------------------------------------------------------------------------
STAGES = {"media", "features", "clips", "head", "curve"}
MAY_INCLUDE = {  # a folder or a front door of include/eev -> what it rests on, besides itself
    "core": set(),
    "reference": {"core"},
    "cpu": {"core"},
    "cuda": {"core"},
    "io": {"core"},
    "layers": {"core", "io"},
    "features": {"core", "io", "layers"},
    "head": {"core", "io", "layers"},
    "media": {"core"},
    "clips": {"core"},
    "curve": {"core"},
    "train": {"core", "io", "layers", "clips", "head", "curve"},
    "pipeline.hpp": {"core", "io", "layers"} | STAGES,
    "model.hpp": {"core", "io", "layers", "pipeline.hpp", "cpu"} | STAGES,
    "cuda.hpp": {"core", "io", "layers", "pipeline.hpp", "cuda"} | STAGES,
    "media.hpp": {"core", "io", "media", "model.hpp"},
    "train.hpp": {"core", "io", "train", "model.hpp", "cpu"},
}

# A library's headers -> the places under include/eev that may see them.
SEEN_FROM = {
    r"lib(av\w+|swscale|swresample)/.*": ["media/"],
    r"stb/.*|stb_\w+\.h": ["media/"],
    r"(oneapi/)?dnnl.*": ["cpu/"],
    r"omp\.h": ["cpu/"],
    r"openssl/.*": ["io/sha256.hpp"],
    r"zlib\.h": ["io/inflate.hpp"],
    r"cuda.*|cublas.*|cudnn.*|nv\w+\.h": [],
    r"nlohmann/.*|CLI/.*|doctest/.*|benchmark/.*": [],
    r"iostream|regex|filesystem|sstream": ["media/"],  # slow to compile
}

# What a front door keeps from its users, however deep it lies.
NOT_REACHED = {
    "pipeline.hpp": ["media", "cpu", "reference", "cuda"],
    "model.hpp": ["media", "reference", "cuda"],
    "cuda.hpp": ["media", "cpu", "reference"],
    "media.hpp": ["reference", "cuda"],
    "train.hpp": ["media", "reference", "cuda"],
}

# A front door -> the folder that it brings whole.
BRINGS_ALL_OF = {"include/eev/cuda.hpp": "include/eev/cuda", "kernels/eev_cuda.cu": "kernels"}

# What a user includes.
FRONT_DOORS = {"eev/model.hpp", "eev/media.hpp", "eev/cuda.hpp"}

# ---- what stands beside what ---------------------------------------------------------------------------------
BESIDE_AN_OP = ["include/eev/cpu/{}.hpp", "kernels/{}.cuh", "tests/ops/{}_test.cpp", "bench/{}_bench.cpp"]

# ---- what a file looks like ----------------------------------------------------------------------------------
LINES = 300          # a file is one idea
VOCABULARY = 25      # a header this short, of constants or an enumeration, need not say what goes in and out
SOURCES = {".hpp", ".cpp", ".cuh", ".cu", ".py"}
NO_TABS = SOURCES | {".txt", ".cmake", ".json", ".sh", ".md"}
FORBIDDEN = {  # in any text of the tree
    r"\b(pypi\.org|pythonhosted\.org|(deb|security|ftp|snapshot)\.debian\.org|archive\.ubuntu\.com"
    r"|registry\.npmjs\.org|crates\.io|repo1?\.maven(\.apache)?\.org|proxy\.golang\.org)": "names a registry's host",
    r"(?<![\w.~/:-])/(work|root|home)/\w": "has a path of one machine",
}
FORBIDDEN_IN_PROSE = {r"(?<![\w.~/:-])/tmp/\w": "has a path of one machine"}


class House:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.files = sorted(self.list_files())
        self.texts = {}
        for name in self.files:
            try:
                self.texts[name] = (self.root / name).read_bytes().decode()
            except UnicodeDecodeError:
                pass  # a picture or weights
        self.faults = []

    def list_files(self):
        """Paths of what git tracks or would; of everything where there is no git."""
        git = subprocess.run(["git", "-C", self.root, "ls-files", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, text=True)
        if git.returncode == 0 and git.stdout:
            return {name for name in git.stdout.splitlines() if (self.root / name).is_file()}
        paths = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file())
        return {str(path) for path in paths if path.parts[0] not in {".git", "build"}}

    def fault(self, name, line, what):
        self.faults.append(f"{name}:{line}: {what}")

    def headers(self):
        """(path, place under include/eev, text) of each header."""
        for name, text in self.texts.items():
            if name.startswith("include/eev/") and name.endswith(".hpp"):
                yield name, name.removeprefix("include/eev/"), text

    def check(self):
        self.check_arrows()
        self.check_reach()
        self.check_umbrellas()
        self.check_stems()
        self.check_headers()
        self.check_consumers()
        self.check_texts()
        return self.faults

    # ---- include arrows ----

    def check_arrows(self):
        for name, place, text in self.headers():
            folder = place.split("/")[0]
            if folder not in MAY_INCLUDE:
                self.fault(name, 1, f"{folder} has no place in the house (the table MAY_INCLUDE)")
                continue
            for line, target in includes(text):
                if target.startswith("eev/"):
                    other = target.split("/")[1]
                    if other != folder and other not in MAY_INCLUDE[folder]:
                        self.fault(name, line, f"{folder} may not include {other} (<{target}>)")
                    if f"include/{target}" not in self.texts:
                        self.fault(name, line, f"<{target}> does not exist")
                    continue
                for library, places in SEEN_FROM.items():
                    if re.fullmatch(library, target) and not any(place.startswith(seen) for seen in places):
                        self.fault(name, line, f"<{target}> belongs to {' and '.join(places) or 'no header'} alone")

    def check_reach(self):
        """What a front door reaches through other headers."""
        for door, hidden in NOT_REACHED.items():
            start = f"include/eev/{door}"
            way_to, queue = {start: door}, [start]
            while queue:
                name = queue.pop()
                for _, target in includes(self.texts.get(name, "")):
                    if target.startswith("eev/") and f"include/{target}" not in way_to:
                        way_to[f"include/{target}"] = way_to[name] + " > " + target.removeprefix("eev/")
                        queue.append(f"include/{target}")
            for name, way in way_to.items():
                if name.split("/")[2] in hidden:
                    self.fault(start, 1, f"reaches {name.removeprefix('include/')}: {way}")

    def check_umbrellas(self):
        for door, folder in BRINGS_ALL_OF.items():
            brought, queue = set(), [door]
            while queue:
                for _, target in includes(self.texts.get(queue.pop(), "")):
                    name = f"{folder}/{pathlib.PurePosixPath(target).name}"
                    if name in self.files and name not in brought:
                        brought.add(name)
                        queue.append(name)
            for path in map(pathlib.PurePosixPath, self.files):
                if str(path.parent) == folder and path.suffix in {".hpp", ".cuh"} and str(path) not in brought:
                    self.fault(door, 1, f"does not bring {path.name}, as it does the rest of {folder}/")

    # ---- pairing of stems ----

    def stems(self, folder, ending):
        """{stem: path} of the files folder/stem+ending."""
        return {path.name.removesuffix(ending): name for name in self.files
                for path in [pathlib.PurePosixPath(name)] if str(path.parent) == folder and name.endswith(ending)}

    def check_stems(self):
        ops = {stem: name for stem, name in self.stems("include/eev/reference", ".hpp").items() if stem != "device"}
        for stem, name in ops.items():
            for pattern in BESIDE_AN_OP:
                if pattern.format(stem) not in self.files:
                    self.fault(name, 1, f"this op has no {pattern.format(stem)}")

        fast = self.stems("include/eev/cpu", ".hpp")
        for stem, name in fast.items():
            spec = names_its_spec(leading_comment(self.texts[name]))
            if spec and (spec != stem or spec not in ops):
                self.fault(name, 1, f"names the spec reference/{spec}.hpp, which "
                           + ("has another stem" if spec in ops else "does not exist"))
            if stem in ops and not spec:
                self.fault(name, 1, f"does not say that its spec is reference/{stem}.hpp")
        for stem, name in self.stems("tests/ops", "_test.cpp").items():
            if stem not in ops and stem not in fast:
                self.fault(name, 1, f"tests no op: there is no include/eev/reference/{stem}.hpp")
        all_stems = {pathlib.PurePosixPath(name).stem for name, _, _ in self.headers()}
        for stem, name in self.stems("bench", "_bench.cpp").items():
            if stem not in all_stems:
                self.fault(name, 1, f"measures nothing: there is no header {stem}.hpp")
        for stem, name in self.stems("kernels", ".cuh").items():
            if stem not in ops and "In:" not in leading_comment(self.texts[name]):
                self.fault(name, 1, f"is the kernel of no op: there is no include/eev/reference/{stem}.hpp")

    # ---- what files look like ----

    def check_headers(self):
        for name, place, text in self.headers():
            comment = leading_comment(text)
            if not comment:
                self.fault(name, 1, "does not begin with a comment (In: ... Out: ... Rests on: ...)")
            elif ("/" in place and not ("In:" in comment and "Out:" in comment) and not names_its_spec(comment)
                  and len(text.splitlines()) > VOCABULARY):
                self.fault(name, 1, "its first lines do not say what goes In: and what comes Out:")
            if not re.match(r"(//[^\n]*\n)*#pragma once\n", text):
                self.fault(name, 1, "#pragma once does not follow the leading comment")

    def check_consumers(self):
        for name, text in self.texts.items():
            if name.startswith("tests/consumers/") and name.endswith(".cpp"):
                for line, target in includes(text):
                    if target.startswith("eev/") and target not in FRONT_DOORS:
                        self.fault(name, line, f"<{target}>: a consumer needs no more than a front door, "
                                   + ", ".join(sorted(FRONT_DOORS)))

    def check_texts(self):
        for name, text in self.texts.items():
            suffix = pathlib.PurePosixPath(name).suffix
            lines = text.split("\n")
            if suffix in SOURCES and len(lines) - 1 > LINES:
                self.fault(name, LINES + 1, f"{len(lines) - 1} lines; at most {LINES}")
            if text and not text.endswith("\n"):
                self.fault(name, len(lines), "does not end with a newline")
            forbidden = FORBIDDEN | (FORBIDDEN_IN_PROSE if suffix == ".md" else {})
            for number, line in enumerate(lines, 1):
                if line != line.rstrip():
                    self.fault(name, number, "trailing white space")
                if "\t" in line and suffix in NO_TABS:
                    self.fault(name, number, "a tab")
                for pattern, what in forbidden.items():
                    if re.search(pattern, line):
                        self.fault(name, number, what)


def includes(text):
    """(line, target) of each #include."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line):
            yield number, found[1]


def leading_comment(text):
    return re.match(r"(//[^\n]*\n)*", text)[0]


def names_its_spec(comment):
    """The stem of the reference header that a comment names as what it is the fast form of."""
    found = re.search(r"reference/(\w+)\.hpp", comment)
    return found and found[1]


def main():
    house = House(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    faults = house.check()
    for fault in faults:
        print(fault)
    print(f"the house: {len(house.texts)} files read, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
