// In:  weights/demo.safetensors, at compile time.  Out: its bytes, as a part of the program.
#include "demo_bundle.hpp"

// EEV_DEMO_BUNDLE is the file's path; the assembler takes it in as it is.
asm(".pushsection .rodata\n"
    ".balign 64\n"
    "eev_demo_bundle_begin: .incbin \"" EEV_DEMO_BUNDLE
    "\"\n"
    "eev_demo_bundle_end: .byte 0\n"
    ".popsection\n");

extern "C" {
extern const std::byte eev_demo_bundle_begin[], eev_demo_bundle_end[];
}

namespace eev::command {

std::span<const std::byte> demo_bundle() { return {eev_demo_bundle_begin, eev_demo_bundle_end}; }

}  // namespace eev::command
