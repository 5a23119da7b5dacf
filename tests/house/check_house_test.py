#!/usr/bin/env python3
"""In: small trees, each with one planted fault. Out: tools/check_house.py names the file and the fault."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import script

SCRIPT = script.TOOLS / "check_house.py"
check_house = script.load("check_house.py")


def header(*includes, comment="// In:  x.  Out: y.  Rests on: core.\n"):
    return comment + "#pragma once\n\n" + "".join(f"#include <{target}>\n" for target in includes)


SOUND = {
    "include/eev/core/view.hpp": header("vector"),
    "include/eev/core/epilogue.hpp": header(comment="// What is done to a sum.\n"),
    "include/eev/reference/device.hpp": header("eev/core/view.hpp"),
    "include/eev/reference/gate.hpp": header("eev/reference/device.hpp"),
    "include/eev/cpu/device.hpp": header("oneapi/dnnl/dnnl.h", "eev/core/view.hpp"),
    "include/eev/cpu/math.hpp": header("cmath"),
    "include/eev/cpu/gate.hpp": header("eev/cpu/math.hpp", comment="// The fast form of reference/gate.hpp.\n"),
    "include/eev/io/sha256.hpp": header("openssl/evp.h"),
    "include/eev/layers/gating.hpp": header("eev/core/view.hpp"),
    "include/eev/features/swin.hpp": header("eev/layers/gating.hpp"),
    "include/eev/media/video_reader.hpp": header("libavcodec/avcodec.h", "stb/stb_image.h", "filesystem"),
    "include/eev/pipeline.hpp": header("eev/features/swin.hpp"),
    "include/eev/model.hpp": header("eev/pipeline.hpp", "eev/cpu/gate.hpp"),
    "include/eev/media.hpp": header("eev/model.hpp", "eev/media/video_reader.hpp"),
    "include/eev/cuda/gate.hpp": header("eev/core/view.hpp", comment="// The CUDA form of reference/gate.hpp.\n"),
    "include/eev/cuda.hpp": header("eev/pipeline.hpp", "eev/cuda/gate.hpp"),
    "kernels/gate.cuh": "#include <eev/cuda/gate.hpp>\n",
    "kernels/eev_cuda.cu": '#include "gate.cuh"\n',
    "tests/ops/gate_test.cpp": "#include <eev/cpu/gate.hpp>\n",
    "tests/ops/math_test.cpp": "#include <eev/cpu/math.hpp>\n",
    "bench/gate_bench.cpp": "#include <eev/cpu/gate.hpp>\n",
    "bench/swin_bench.cpp": "#include <eev/features/swin.hpp>\n",
    "tests/consumers/plain/main.cpp": "#include <eev/model.hpp>\n",
    "README.md": "See https://example.org/work/of/art and ../shared/media.\n",
}


def faults_of(changes):
    """What the checker finds in the sound tree with `changes` made to it; None removes a file."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (SOUND | changes).items():
            if text is not None:
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return check_house.House(folder).check()


class CheckHouse(unittest.TestCase):
    def found(self, changes, name, what):
        faults = faults_of(changes)
        self.assertTrue(any(fault.startswith(name + ":") and what in fault for fault in faults),
                        f"no '{what}' for {name} among {faults}")

    def include_is_found(self, name, target, what):
        with self.subTest(name=name, target=target):
            self.found({name: SOUND.get(name, header()) + f"#include <{target}>\n"}, name, what)

    def test_a_sound_tree_has_no_faults(self):
        self.assertEqual(faults_of({}), [])

    def test_arrows_against_the_flow_are_found(self):
        for place, target in [
            ("core/view.hpp", "io/sha256.hpp"),
            ("core/view.hpp", "cpu/device.hpp"),
            ("reference/gate.hpp", "cpu/math.hpp"),
            ("cpu/gate.hpp", "reference/gate.hpp"),
            ("io/sha256.hpp", "layers/gating.hpp"),
            ("layers/gating.hpp", "cpu/gate.hpp"),
            ("layers/gating.hpp", "reference/gate.hpp"),
            ("layers/gating.hpp", "features/swin.hpp"),
            ("features/swin.hpp", "cpu/gate.hpp"),
            ("features/swin.hpp", "media/video_reader.hpp"),
            ("media/video_reader.hpp", "features/swin.hpp"),
            ("media/video_reader.hpp", "io/sha256.hpp"),
            ("pipeline.hpp", "cpu/gate.hpp"),
            ("pipeline.hpp", "model.hpp"),
            ("model.hpp", "media.hpp"),
            ("model.hpp", "reference/gate.hpp"),
        ]:
            folder, other = place.split("/")[0], target.split("/")[0]
            self.include_is_found(f"include/eev/{place}", f"eev/{target}", f"{folder} may not include {other}")
        for stage in ["clips", "head", "curve", "media"]:
            self.include_is_found(f"include/eev/{stage}/new.hpp", "eev/features/swin.hpp",
                                  f"{stage} may not include features")

    def test_a_header_that_is_not_there_is_found(self):
        self.include_is_found("include/eev/core/view.hpp", "eev/core/gone.hpp", "does not exist")

    def test_an_unknown_folder_is_found(self):
        self.found({"include/eev/utilities/all.hpp": header()}, "include/eev/utilities/all.hpp", "no place")

    def test_libraries_seen_from_elsewhere_are_found(self):
        for place, target in [
            ("core/view.hpp", "libavutil/frame.h"),
            ("features/swin.hpp", "libswscale/swscale.h"),
            ("features/swin.hpp", "stb/stb_image.h"),
            ("layers/gating.hpp", "oneapi/dnnl/dnnl.h"),
            ("layers/gating.hpp", "omp.h"),
            ("model.hpp", "openssl/sha.h"),
            ("io/sha256.hpp", "zlib.h"),
            ("cpu/gate.hpp", "cuda_runtime.h"),
            ("io/sha256.hpp", "nlohmann/json.hpp"),
            ("core/view.hpp", "iostream"),
            ("io/sha256.hpp", "filesystem"),
            ("layers/gating.hpp", "sstream"),
            ("pipeline.hpp", "regex"),
        ]:
            self.include_is_found(f"include/eev/{place}", target, f"<{target}> belongs to")

    def test_what_a_front_door_reaches_is_found(self):
        self.found({"include/eev/features/swin.hpp": header("eev/media/video_reader.hpp")}, "include/eev/model.hpp",
                   "model.hpp > pipeline.hpp > features/swin.hpp > media/video_reader.hpp")

    def test_what_a_front_door_forgets_is_found(self):
        self.found({"include/eev/cuda/other.hpp": header()}, "include/eev/cuda.hpp", "does not bring other.hpp")
        self.found({"kernels/eev_cuda.cu": "\n"}, "kernels/eev_cuda.cu", "does not bring gate.cuh")

    def test_an_op_without_its_companions_is_found(self):
        for companion in ["include/eev/cpu/gate.hpp", "tests/ops/gate_test.cpp", "bench/gate_bench.cpp",
                          "kernels/gate.cuh"]:
            with self.subTest(companion):
                self.found({companion: None}, "include/eev/reference/gate.hpp", f"has no {companion}")

    def test_a_companion_without_its_op_is_found(self):
        self.found({"include/eev/reference/gate.hpp": None}, "include/eev/cpu/gate.hpp", "does not exist")
        self.found({"tests/ops/other_test.cpp": "\n"}, "tests/ops/other_test.cpp", "tests no op")
        self.found({"bench/other_bench.cpp": "\n"}, "bench/other_bench.cpp", "measures nothing")
        self.found({"kernels/other.cuh": "\n"}, "kernels/other.cuh", "kernel of no op")

    def test_a_fast_form_that_names_another_spec_or_none_is_found(self):
        name = "include/eev/cpu/gate.hpp"
        self.found({name: header()}, name, "does not say that its spec is")
        self.found({name: header(comment="// The fast form of reference/gates.hpp.\n")}, name, "does not exist")
        self.found({"include/eev/cpu/math.hpp": header(comment="// The fast form of reference/gate.hpp.\n")},
                   "include/eev/cpu/math.hpp", "another stem")

    def test_first_lines_that_answer_nothing_are_found(self):
        name = "include/eev/core/view.hpp"
        self.found({name: "#pragma once\n"}, name, "does not begin with a comment")
        self.found({name: "// A view.\n#pragma once\n" + "int x;\n" * 30}, name, "what comes Out:")
        self.found({name: "// In: x. Out: y.\n#include <vector>\n"}, name, "#pragma once")

    def test_a_long_file_is_found(self):
        name = "include/eev/core/view.hpp"
        self.found({name: header() + "int x;\n" * 300}, name, "at most 300")

    def test_a_consumer_that_reaches_inside_is_found(self):
        name = "tests/consumers/plain/main.cpp"
        self.found({name: "#include <eev/core/view.hpp>\n"}, name, "front door")

    def test_untidy_text_is_found(self):
        for name, text, what in [
            ("README.md", "see \n", "trailing white space"),
            ("bench/gate_bench.cpp", "int x;\r\n", "trailing white space"),
            ("bench/gate_bench.cpp", "\tint x;\n", "a tab"),
            ("README.md", "see", "newline"),
            ("README.md", "from py" + "pi.org\n", "registry"),
            ("run", "curl deb.deb" + "ian.org\n", "registry"),
            ("README.md", "open /wo" + "rk/main\n", "one machine"),
            ("bench/gate_bench.cpp", 'open("/ro' + 'ot/x");\n', "one machine"),
            ("README.md", "look at /t" + "mp/clip.mp4\n", "one machine"),
        ]:
            with self.subTest(text=text):
                self.found({name: text}, name, what)

    def test_binary_files_are_left_alone(self):
        self.assertEqual(faults_of({"weights/demo.safetensors": b"\xff\xfe \t\n "}), [])

    def test_the_exit_code_tells(self):
        with tempfile.TemporaryDirectory() as folder:
            for text, code in [("fine\n", 0), ("not fine \n", 1)]:
                (pathlib.Path(folder) / "README.md").write_text(text)
                self.assertEqual(subprocess.run([sys.executable, SCRIPT, folder], capture_output=True).returncode, code)


if __name__ == "__main__":
    unittest.main()
