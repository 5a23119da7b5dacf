// A program that sees <eev/media.hpp> and no more.
#include <eev/media.hpp>

int main() {
  eev::cpu::device device(1);
  return device.threads() == 1 ? 0 : 1;
}
