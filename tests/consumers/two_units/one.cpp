// Everything in the headers is in this unit and in the other; together they must link, as one definition
// each.
#include <eev/media.hpp>
#include <eev/model.hpp>

int threads_seen_from_two();

int main() {
  eev::cpu::device device(1);
  return device.threads() == threads_seen_from_two() ? 0 : 1;
}
