// SPDX-License-Identifier: MIT
// Entry of every SystemC test program: libsystemc has main(), GoogleTest runs from sc_main().
#include <gtest/gtest.h>
#include <systemc>

#include "reports.h"

int sc_main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    rig::watch_reports();
    return RUN_ALL_TESTS();
}
