// tests/kernels/orders.hpp on a GPU: once.
#include "orders.hpp"

void eev::test::in_every_order(const std::function<void()>& check) { check(); }
