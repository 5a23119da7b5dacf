"""In: a server on this machine that publishes weights. Out: `tools/fetch-weights` gets them whole, checked and converted,
and eev finds them by their names.
"""
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import unittest

from program import PROGRAM, CommandTest

FETCH = pathlib.Path(__file__).resolve().parents[2] / "tools/fetch-weights"


class Publisher(http.server.BaseHTTPRequestHandler):
    """Serves `files`; of those in `cut` only so many bytes the first time. Notes the ranges it was asked for."""
    files, cut, asked, ranges = {}, {}, [], True

    def do_GET(self):
        name = self.path.strip("/")
        Publisher.asked.append((name, self.headers.get("Range")))
        if name not in self.files:
            return self.send_error(404)
        content, begin = self.files[name], 0
        if self.ranges and (wanted := self.headers.get("Range")):
            begin = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if begin >= len(content):
                return self.send_error(416)
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(content) - begin))
        self.end_headers()
        end = self.cut.pop(name, len(content))
        self.wfile.write(content[begin:end])
        self.close_connection = True

    def log_message(self, *_):
        pass


class FetchWeights(CommandTest):
    def setUp(self):
        super().setUp()
        Publisher.files, Publisher.cut, Publisher.asked, Publisher.ranges = {}, {}, [], True
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.address = f"http://127.0.0.1:{server.server_port}"

    def publish(self, content, **known):
        """A table in which vggish-pca is the file with this content."""
        Publisher.files["published.bin"] = content
        self.write("table.json", json.dumps({"vggish-pca": {
            "urls": [f"{self.address}/published.bin"], "keep_as": "kept.bin", **known}}))

    def fetch(self, *names, status=0):
        ran = subprocess.run([sys.executable, FETCH, *names, "--folder", "weights", "--table", "table.json",
                              "--eev", PROGRAM], cwd=self.folder, capture_output=True, text=True, timeout=120)
        self.assertEqual(ran.returncode, status, ran.stderr)
        return ran.stdout, ran.stderr

    def kept(self):
        return (self.folder / "weights/kept.bin").read_bytes()

    def test_a_file_is_kept_with_its_place_in_the_manifest(self):
        content = os.urandom(3_000_000)
        digest = hashlib.sha256(content).hexdigest()
        self.publish(content, sha256=digest[:8], bytes=len(content))
        self.fetch("vggish-pca")
        self.assertEqual(self.kept(), content)
        entry = json.loads(self.read("weights/manifest.json"))["vggish-pca"]
        self.assertEqual((entry["sha256"], entry["source_sha256"], entry["source_bytes"]), (digest, digest, 3_000_000))
        self.assertEqual(entry["source"], f"{self.address}/published.bin")
        self.fetch("vggish-pca")  # is there already
        self.assertEqual(len(Publisher.asked), 1)

    def test_a_hash_that_nobody_has_told_is_printed(self):
        self.publish(b"weights")
        self.assertIn(hashlib.sha256(b"weights").hexdigest(), self.fetch("vggish-pca")[0])

    def test_a_download_goes_on_where_it_broke_off(self):
        content = os.urandom(3_000_000)
        for ranges in (True, False):
            with self.subTest(ranges=ranges):
                self.publish(content, sha256=hashlib.sha256(content).hexdigest())
                Publisher.cut["published.bin"], Publisher.ranges, Publisher.asked = 1_234_567, ranges, []
                self.assertIn("1234567 of 3000000 bytes", self.fetch("vggish-pca", status=1)[1])
                self.assertFalse((self.folder / "weights/kept.bin").exists())
                self.fetch("vggish-pca")
                self.assertEqual(self.kept(), content)
                self.assertEqual(Publisher.asked[1:], [("published.bin", "bytes=1234567-")])
                for path in (self.folder / "weights/kept.bin", self.folder / "weights/downloads/published.bin"):
                    path.unlink()

    def test_another_file_than_the_published_one_is_refused_and_deleted(self):
        self.publish(b"<html>sorry</html>", sha256="ce0d4300", bytes=112611220)
        errors = self.fetch("vggish-pca", status=1)[1]
        self.assertIn("18 bytes with the SHA-256", errors)
        self.assertIn("expected a SHA-256 of ce0d4300 and 112611220 bytes", errors)
        self.assertEqual(self.names("weights/downloads"), [])

    def test_the_next_address_is_tried(self):
        self.publish(b"weights", urls=[f"{self.address}/gone.bin", f"{self.address}/published.bin"])
        self.fetch("vggish-pca")
        self.assertEqual(self.kept(), b"weights")

    def test_an_unknown_name_is_a_usage_error(self):
        self.publish(b"weights")
        self.assertIn("swin-huge: expected some of vggish-pca", self.fetch("swin-huge", status=2)[1])

    def test_predict_finds_what_was_fetched(self):
        self.eev("convert", "formula:swin-tiny", "--output", "published.safetensors")
        Publisher.files["swin.safetensors"] = (self.folder / "published.safetensors").read_bytes()
        self.write("table.json", json.dumps({"swin-tiny": {"urls": [f"{self.address}/swin.safetensors"]}}))
        why = self.fails("extract", self.image("a.png"), "--output", "out", "--visual", "swin-tiny", status=3)
        self.assertIn("there is no swin-tiny.safetensors in weights, ", why)
        self.assertIn("get it by tools/fetch-weights swin-tiny, or name the file of those weights with "
                      "--visual-weights FILE", why)
        self.fetch("swin-tiny")
        self.assertEqual(json.loads(self.read("weights/manifest.json"))["swin-tiny"]["file"], "swin-tiny.safetensors")
        self.eev("convert", "formula:vggish-demo", "--output", "vggish-demo.safetensors")
        self.eev("extract", "a.png", "--output", "out", "--visual", "swin-tiny",
                 "--audio-weights", "vggish-demo.safetensors")
        os.replace(self.folder / "weights", self.folder / "elsewhere")
        os.environ["EEV_WEIGHTS"] = "elsewhere"
        self.addCleanup(os.environ.pop, "EEV_WEIGHTS")
        self.eev("extract", "a.png", "--output", "again", "--visual", "swin-tiny",
                 "--audio-weights", "vggish-demo.safetensors")


if __name__ == "__main__":
    unittest.main()
