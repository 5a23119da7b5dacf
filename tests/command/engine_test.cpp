#include <command/engine.hpp>
#include <doctest/doctest.h>

#include "../io/temporary.hpp"

using namespace eev;
using namespace eev::command;
using namespace eev::test;

namespace {

const gpu_findings one_gpu{{"Some GPU"}, "13.0", "", false};
const gpu_findings no_gpu{{}, "", "cuda: there is no GPU", false};
const gpu_findings old_gpu{{}, "13.0", "cuda: Old GPU is too old", true};
const device_options automatic, on_cuda{.device = "cuda"};

/// Where on_device() has worked, in order; the GPU has no memory left, before or after work has begun.
std::vector<std::string> devices_tried(const device_choice& choice, bool begun) {
  console quiet(true);
  std::vector<std::string> tried;
  const auto work = [&](const device_options& device) {
    tried.push_back(device.device);
    require(!is_gpu(device), "cuda: out of memory");
  };
  if (error_of([&] { on_device(choice, quiet, work, begun); }).empty()) tried.push_back("done");
  return tried;
}

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("auto takes a GPU only once the command has passed on one") {
  CHECK(choose_device(automatic, one_gpu, true).device.device == "cuda");
  CHECK(choose_device(automatic, one_gpu, true).note.find("Some GPU") != std::string::npos);
  const auto choice = choose_device(automatic, one_gpu, false);
  CHECK(choice.device.device == "cpu");
  CHECK(choice.note.find("--device cuda computes on Some GPU") != std::string::npos);
}

TEST_CASE("auto takes the CPU where no GPU can be used, and says so of one that is there") {
  CHECK(choose_device(automatic, no_gpu, true).device.device == "cpu");
  CHECK(choose_device(automatic, no_gpu, true).note == "");
  CHECK(choose_device(automatic, old_gpu, true).device.device == "cpu");
  CHECK(choose_device(automatic, old_gpu, true).note.find("Old GPU is too old") != std::string::npos);
}

TEST_CASE("a device that is named is taken as it is") {
  const auto choice = choose_device(on_cuda, no_gpu, false);
  CHECK(choice.device.device == "cuda");
  CHECK(choice.note == "");
  CHECK(devices_tried(choice, false) == strings{"cuda"});
}

TEST_CASE("the precision and the threads that are asked for stay") {
  const device_options asked{.precision = "fp32", .threads = 3};
  const auto choice = choose_device(asked, one_gpu, true);
  CHECK(choice.device.precision == "fp32");
  CHECK(choice.otherwise->threads == 3);
}

TEST_CASE("where auto's GPU fails at the start the CPU takes over, and later it does not") {
  const auto choice = choose_device(automatic, one_gpu, true);
  CHECK(devices_tried(choice, false) == strings{"cuda", "cpu", "done"});
  CHECK(devices_tried(choice, true) == strings{"cuda"});
}
