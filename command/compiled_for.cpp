// In:  the compiler's flags.  Out: the instruction sets that the whole program is compiled for.
//
// Constants alone: they are read before it is known that the processor can run the program's code.
#include "compiled_for.hpp"

namespace eev::command {

/// A macro that is not defined leaves its own name behind.
#define EEV_TEXT_OF(macro) #macro
#define EEV_IS_DEFINED(macro) (EEV_TEXT_OF(macro)[0] == '1')

extern const bool compiled_for[] = {
    EEV_IS_DEFINED(__SSE4_2__),   EEV_IS_DEFINED(__AVX__),        EEV_IS_DEFINED(__AVX2__),
    EEV_IS_DEFINED(__FMA__),      EEV_IS_DEFINED(__F16C__),       EEV_IS_DEFINED(__BMI2__),
    EEV_IS_DEFINED(__AVX512F__),  EEV_IS_DEFINED(__AVX512BW__),   EEV_IS_DEFINED(__AVX512DQ__),
    EEV_IS_DEFINED(__AVX512VL__), EEV_IS_DEFINED(__AVX512VNNI__), EEV_IS_DEFINED(__AVX512BF16__)};

}  // namespace eev::command
