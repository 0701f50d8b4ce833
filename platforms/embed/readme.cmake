# SPDX-License-Identifier: MIT
# The first C++ block of README.md is a part of main.cpp, letter by letter.
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
file(READ ${root}/README.md readme)
file(READ ${CMAKE_CURRENT_LIST_DIR}/main.cpp program)

string(FIND "${readme}" "```cpp\n" begin)
if(begin EQUAL -1)
  message(FATAL_ERROR "README.md has no C++ block")
endif()
math(EXPR begin "${begin} + 7")
string(SUBSTRING "${readme}" ${begin} -1 block)
string(FIND "${block}" "```" end)
string(SUBSTRING "${block}" 0 ${end} block)

string(FIND "${program}" "${block}" place)
if(place EQUAL -1)
  message(FATAL_ERROR "README.md shows this, and platforms/embed/main.cpp has it otherwise:\n${block}")
endif()
