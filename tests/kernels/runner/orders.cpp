// tests/kernels/orders.hpp for the kernel runner: three times.
#include "orders.hpp"

#include <string>

#include <doctest/doctest.h>

#include "block.hpp"
#include "launch.hpp"

void eev::test::in_every_order(const std::function<void()>& check) {
  for (auto [order, name] : {std::pair{runner::order::forward, "forward"},
                             {runner::order::reverse, "in reverse"},
                             {runner::order::random, "in random order"}}) {
    INFO("threads run ", std::string(name));
    runner::schedule_now.order = order;
    runner::do_at_once(order == runner::order::reverse ? runner::prompt::second : runner::prompt::first);
    check();
  }
}
