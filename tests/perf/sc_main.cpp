// SPDX-License-Identifier: MIT
// Entry of itsim-bench when SystemC is in it, whose library has the main function.
#include <benchmark/benchmark.h>
#include <systemc>

int sc_main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
