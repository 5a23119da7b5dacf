#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

/// What the leak sanitizer is to pass over: x265 keeps some of what it took.
extern "C" const char* __lsan_default_suppressions() { return "leak:libx265"; }
