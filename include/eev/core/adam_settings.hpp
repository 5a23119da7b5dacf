// The settings of one step of Adam.
#pragma once

namespace eev {

struct adam_settings {
  double rate = 2e-4, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double decay = 0;
  bool decoupled = false;  ///< AdamW: the decay shrinks the parameters; else it is added to the gradient
};

}  // namespace eev
