// In:  a seed.  Out: folders of clips, and files of their labels.
#include "demo_corpus.hpp"

#include <array>
#include <condition_variable>
#include <cstdio>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "corpus/clip_file.hpp"
#include "corpus/labels.hpp"
#include "curve_writers.hpp"
#include "output.hpp"
#include "signals.hpp"

namespace eev::command {
namespace {

struct planned_clip {
  corpus::set part;
  int number;

  std::string_view set() const { return corpus::set_names[std::size_t(part)]; }
  std::string id() const {
    std::array<char, 16> digits;
    std::snprintf(digits.data(), digits.size(), "-%03d", number);
    return std::string(set()) + digits.data();
  }
};

std::vector<planned_clip> plan(int training_clips) {
  std::vector<planned_clip> clips;
  for (const auto part : {corpus::set::training, corpus::set::validation, corpus::set::test})
    for (int number = 0; number < clips_of(part, training_clips); ++number) clips.push_back({part, number});
  return clips;
}

/// Calls work(i) for all i below `count` on some threads, and between them at_done(how many are done) on this
/// one. The first thing that is thrown ends it.
template <class Work>
void share_out(int count, int threads, const Work& work, const std::function<void(int)>& at_done) {
  std::mutex mutex;
  std::condition_variable changed;
  int next = 0, done = 0;
  std::exception_ptr failure;
  std::vector<std::jthread> workers;
  const auto labour = [&] {
    std::unique_lock lock(mutex);
    while (next < count && !failure) {
      const int mine = next++;
      lock.unlock();
      std::exception_ptr own;
      try {
        work(mine);
      } catch (...) {
        own = std::current_exception();
      }
      lock.lock();
      ++done;
      if (own) failure = own;
      changed.notify_one();
    }
  };
  for (int i = 0; i < threads; ++i) workers.emplace_back(labour);
  std::unique_lock lock(mutex);
  for (int told = 0; done < count && !failure;) {
    changed.wait(lock, [&] { return done > told || failure; });
    told = done;
    lock.unlock();
    at_done(told);
    lock.lock();
  }
  lock.unlock();
  workers.clear();  // waits for them
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

void write_corpus(const std::string& folder, std::uint64_t seed, int training_clips, int threads,
                  const std::function<void(int, int)>& at_clip) {
  const auto clips = plan(training_clips);
  for (const auto name : corpus::set_names) make_folder(message(folder, "/clips/", name));
  share_out(
      int(clips.size()), threads,
      [&](int i) {
        stop_if_interrupted();
        const planned_clip& clip = clips[std::size_t(i)];
        corpus::write_clip(message(folder, "/clips/", clip.set(), "/", clip.id(), ".mp4"),
                           {seed, clip.part, clip.number});
      },
      [&](int done) { at_clip(done, int(clips.size())); });

  for (std::size_t part = 0; part < corpus::set_names.size(); ++part) {
    output out(message(folder, "/", corpus::set_names[part], ".csv"));
    const auto writer = make_csv_writer(out, csv_spelling::eev);
    for (const planned_clip& clip : clips) {
      if (clip.part != corpus::set(part)) continue;
      const corpus::story story(seed, clip.part, clip.number);
      writer->add({.id = clip.id(), .scores = corpus::faulty_labels(story), .rate = corpus::label_rate});
    }
    writer->finish();
    out.commit();
  }
}

}  // namespace eev::command
