// In:  the name of a loss.  Out: its parts; predictions and labels to one number and its gradient.  Rests on:
// core/loss; the device's elementwise_loss() and correlation_loss().
#pragma once

#include <string_view>

#include <eev/core/epilogue.hpp>
#include <eev/core/loss.hpp>
#include <eev/core/view.hpp>

namespace eev::train {

/// The sum of weighted losses. Twice the L1 loss, as the authors had it, is {.elementwise = {.l1 = 2}}.
struct loss_parts {
  elementwise_weights elementwise;
  correlation_weights correlation;
};

/// The loss of that name: l1, kl, kl+l1, ccc, mse or pearson.
inline loss_parts find_loss(std::string_view name) {
  if (name == "l1") return {.elementwise = {.l1 = 1}, .correlation = {}};
  if (name == "kl") return {.elementwise = {.kl = 1}, .correlation = {}};
  if (name == "kl+l1") return {.elementwise = {.l1 = 1, .kl = 1}, .correlation = {}};
  if (name == "mse") return {.elementwise = {.squared_error = 1}, .correlation = {}};
  if (name == "ccc") return {.elementwise = {}, .correlation = {.ccc = 1}};
  if (name == "pearson") return {.elementwise = {}, .correlation = {.pearson = 1}};
  throw error(message("no loss '", name, "'; there are l1, kl, kl+l1, ccc, mse, pearson"));
}

/// The loss [1] of predictions p for labels y [B, T, E] over the rows with mask [B, T] != 0, and its gradient
/// dp [B, T, E].
template <class Device, class scalar = typename Device::scalar>
void apply_loss(Device& device, view<scalar, 1> loss, view<scalar, 3> dp, const_view<scalar, 3> p,
                const_view<scalar, 3> y, const_view<scalar, 2> mask, const loss_parts& parts) {
  elementwise_loss(device, loss, dp, p, y, mask, parts.elementwise);
  if (parts.correlation.ccc != 0 || parts.correlation.pearson != 0)
    correlation_loss(device, loss, dp, p, y, mask, parts.correlation, epilogue::add);
}

}  // namespace eev::train
