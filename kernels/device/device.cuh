// include/eev/cuda/device.hpp over the seams of the runtime and of the libraries.
#pragma once

#include <eev/cuda/device.hpp>
#include <eev/cuda/gpus.hpp>

#include "libraries.hpp"
#include "runtime.hpp"

namespace eev::cuda {

namespace {

memory_source memory_of(int number) {
  return {[](int device, std::size_t bytes) {
            runtime::select(device);
            return runtime::allocate(bytes);
          },
          runtime::release, number};
}

}  // namespace

device::lane device::make_lane(int number) {
  runtime::select(number);
  return {{runtime::create_stream(), runtime::destroy_stream},
          make_event(),
          make_event(),
          arena(memory_of(number))};
}

device::staging device::make_staging() {
  return {{runtime::allocate_pinned(staging_bytes), runtime::release_pinned}, make_event()};
}

device::event device::make_event() { return {runtime::create_event(), runtime::destroy_event}; }

device::device(int number)
    : number_(number),
      name_(runtime::name_of(number)),
      lanes_{make_lane(number), make_lane(number)},
      staging_{make_staging(), make_staging()},
      parameters_(memory_of(number)),
      libraries_(create_libraries(), destroy_libraries) {}

device::~device() {
  try {
    wait();  // memory is given back: nobody may be at work on it
  } catch (const error&) {
    // Whatever failed has been reported by the call that waited for it, or nobody wanted to know.
  }
}

void device::wait() {
  runtime::select(number_);
  runtime::wait(stream());
}

void device::record(const event& here, const lane& of) {
  runtime::select(number_);
  runtime::record(here.get(), of.stream.get());
}

void device::hold(const lane& held, const event& until) { runtime::hold(held.stream.get(), until.get()); }

void* device::free_staging() {
  runtime::wait(staging_[turn_].read.get());
  return staging_[turn_].memory.get();
}

void device::send(void* to, std::size_t bytes) {
  runtime::select(number_);
  runtime::copy(to, staging_[turn_].memory.get(), bytes, stream());
  runtime::record(staging_[turn_].read.get(), stream());
  turn_ ^= 1;
}

const void* device::fetch(const void* from, std::size_t bytes) {
  void* here = free_staging();
  runtime::select(number_);
  runtime::copy(here, from, bytes, stream());
  runtime::wait(stream());
  return here;
}

// ---- include/eev/cuda/gpus.hpp ----

std::vector<gpu> gpus() {
  std::vector<gpu> all(runtime::count());
  for (int number = 0; number < int(all.size()); ++number) {
    try {
      all[number] = {runtime::name_of(number), true, ""};
    } catch (const error& problem) {
      all[number].reason = problem.what();
    }
  }
  return all;
}

std::string driver_version() {
  const int version = runtime::driver_version();
  return version == 0 ? "" : message(version / 1000, ".", version % 1000 / 10);
}

}  // namespace eev::cuda
