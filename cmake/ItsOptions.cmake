# SPDX-License-Identifier: MIT
# What every target shares: the language level, the warnings, sanitizers, link-time optimisation;
# and which optional parts are built, with the table that says so.

# Only the C library itself does without a C++ compiler.
include(CheckLanguage)
check_language(CXX)
if(CMAKE_CXX_COMPILER)
  enable_language(CXX)
  if(CMAKE_CXX_FLAGS_RELEASE STREQUAL "-O3 -DNDEBUG")
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "" FORCE)
  endif()
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
# Debian's SystemC is built as C++17 and refuses to link with anything else.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

# its_flags: linked by every target of this project, exported by none.
add_library(its_flags INTERFACE)
set(its_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Wswitch-enum)
set(its_c_warnings -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wvla)
# clang's -Wconversion includes -Wsign-conversion, gcc's does not: the same for both.
set(its_cxx_warnings -Wno-sign-conversion)
target_compile_options(its_flags INTERFACE ${its_warnings}
  $<$<COMPILE_LANGUAGE:C>:${its_c_warnings}> $<$<COMPILE_LANGUAGE:CXX>:${its_cxx_warnings}>
  $<$<BOOL:${ITS_WERROR}>:-Werror>)
# SystemC reports name a file of itsim, not of the machine that compiled it.
target_compile_options(its_flags INTERFACE -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(ITS_SANITIZE)
  # -g1: file and line are all a report shows, and the compiler is a third faster.
  target_compile_options(its_flags INTERFACE -fsanitize=${ITS_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all -g1)
  target_link_options(its_flags INTERFACE -fsanitize=${ITS_SANITIZE})
endif()

if(ITS_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang" OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "ITS_FUZZ=ON needs clang (Debian packages clang and libclang-rt-14-dev)")
  endif()
  target_compile_options(its_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(its_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Link-time optimisation for the programs whose speed matters (its_program_flags). The libraries
# carry machine code beside it, so that the many test programs link as fast as without; what is
# installed has the machine code only.
add_library(its_program_flags INTERFACE)

# What the optimiser does to GoogleTest's macros costs more time than it saves, the more so with
# sanitizers: 18 s against 4 s for one file.
add_library(its_test_flags INTERFACE)
if(ITS_SANITIZE)
  target_compile_options(its_test_flags INTERFACE -O0)
else()
  target_compile_options(its_test_flags INTERFACE -O1)
endif()

set(its_lto off)
if(ITS_LTO AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
  set(its_lto on)
  target_compile_options(its_flags INTERFACE -flto -ffat-lto-objects)
  target_link_options(its_program_flags INTERFACE -flto=auto)
  target_compile_options(its_test_flags INTERFACE -fno-lto)
  target_link_options(its_test_flags INTERFACE -fno-lto)
endif()

# its_part(<option> <found?> <what> <package>): sets <option>_ON from AUTO/ON/OFF and what was found.
function(its_part option found what package)
  set(enabled OFF)
  set(state off)
  if(${option} STREQUAL "AUTO" OR ${option})
    if(${found})
      set(enabled ON)
      set(state on)
    elseif(${option} STREQUAL "AUTO")
      set(state "off, no ${what} (${package})")
    else()
      message(FATAL_ERROR "${option}=ON needs ${what} (Debian package ${package})")
    endif()
  endif()
  set(${option}_ON ${enabled} PARENT_SCOPE)
  list(APPEND its_parts "${option}|${state}")
  set(its_parts "${its_parts}" PARENT_SCOPE)
endfunction()

set(systemc_found OFF)
if(CMAKE_CXX_COMPILER AND NOT ITS_TLM STREQUAL "OFF")
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(SYSTEMC QUIET IMPORTED_TARGET systemc)
  endif()
  set(systemc_found ${SYSTEMC_FOUND})
endif()
if(CMAKE_CXX_COMPILER)
  find_package(GTest QUIET)
  find_package(benchmark QUIET)
  find_package(CLI11 QUIET)
  find_package(nlohmann_json QUIET)
endif()
its_part(ITS_TLM "${systemc_found}" SystemC libsystemc-dev)
its_part(ITS_TESTS "${GTest_FOUND}" GoogleTest libgtest-dev)
set(bench_found OFF)
if(benchmark_FOUND AND CLI11_FOUND AND nlohmann_json_FOUND)
  set(bench_found ON)
endif()
its_part(ITS_BENCH "${bench_found}" "Google Benchmark, CLI11 or nlohmann-json"
         "libbenchmark-dev libcli11-dev nlohmann-json3-dev")

function(its_summary)
  set(lto "")
  if(its_lto STREQUAL "on")
    set(lto " + LTO")
  endif()
  set(text "\nitsim ${PROJECT_VERSION}\n")
  string(APPEND text "  compiler    ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}\n")
  string(APPEND text "  build       ${CMAKE_BUILD_TYPE}${lto}")
  if(ITS_SANITIZE)
    string(APPEND text ", sanitizers ${ITS_SANITIZE}")
  endif()
  string(APPEND text "\n  ITS_WERROR  ${ITS_WERROR}\n")
  foreach(row IN LISTS its_parts)
    string(REPLACE "|" ";" cells "${row}")
    list(GET cells 0 name)
    list(GET cells 1 state)
    string(LENGTH "${name}" used)
    math(EXPR pad "12 - ${used}")
    string(REPEAT " " ${pad} gap)
    string(APPEND text "  ${name}${gap}${state}\n")
  endforeach()
  message(STATUS "${text}")
endfunction()
