/* Included before every C++ source of llama.cpp.

   GCC's _tile_loadconfig tells the optimizer that it reads 8 of the configuration's 64 bytes (seen in GCC 12), so that the
   stores to the others are left out and the first matrix product on a CPU with AMX ends in a general protection fault. */
#if defined(__AMX_TILE__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>
#undef _tile_loadconfig
#define _tile_loadconfig(config) __asm__ volatile("ldtilecfg %0" ::"m"(*(const char(*)[64])(config)))
#endif
