/*
 * Fuzzes the engine with rules and facts that the bytes of the input choose:
 * the rounds of tests/test_engine_random.c, with the fuzzer's dice. What is
 * concluded, and why, must be what the reference says.
 */
#include "tests/test_engine_random.c"

#include "tests/fuzz_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct round r;
    dice = 1;
    dice_bytes = data;
    dice_left = size;
    round_roll(&r);
    dice_left = 0;
    drop_doubles(&r);
    round_text(&r);
    must(refused(&r) || round_check(&r));
    round_release(&r);
    return 0;
}
