// In:  something that makes items one after another.  Out: the same items, made on a thread of their own.
// Rests on: std.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace eev::media {

/// Calls `make` on its own thread until it returns nothing, but never keeps more than `most` items waiting.
/// What it throws is thrown by next() in its place.
template <class Item>
class read_ahead {
 public:
  read_ahead(std::function<std::optional<Item>()> make, std::size_t most)
      : make_(std::move(make)), most_(most), thread_([this] { run(); }) {}
  ~read_ahead() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  read_ahead(const read_ahead&) = delete;
  read_ahead& operator=(const read_ahead&) = delete;

  /// The next item, or nothing after the last one; from then on the thread does not touch what `make` uses.
  std::optional<Item> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !items_.empty() || finished_; });
    if (items_.empty()) {
      if (failure_) std::rethrow_exception(failure_);
      return std::nullopt;
    }
    std::optional<Item> item = std::move(items_.front());
    items_.pop_front();
    lock.unlock();
    changed_.notify_all();
    return item;
  }

 private:
  void run() {
    std::exception_ptr failure;
    try {
      while (auto item = make_()) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return items_.size() < most_ || stopped_; });
        if (stopped_) return;
        items_.push_back(std::move(*item));
        lock.unlock();
        changed_.notify_all();
      }
    } catch (...) {
      failure = std::current_exception();
    }
    {
      std::lock_guard lock(mutex_);
      failure_ = failure;
      finished_ = true;
    }
    changed_.notify_all();
  }

  std::function<std::optional<Item>()> make_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;
  bool stopped_ = false, finished_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // the last member: it starts when all else is there
};

}  // namespace eev::media
