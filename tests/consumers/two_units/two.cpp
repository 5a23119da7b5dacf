#include <eev/media.hpp>
#include <eev/model.hpp>

int threads_seen_from_two() { return eev::cpu::device(1).threads(); }
