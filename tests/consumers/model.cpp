// A program that sees <eev/model.hpp> and no more.
#include <eev/model.hpp>

int main() {
  eev::cpu::device device(1);
  return device.threads() == 1 ? 0 : 1;
}
