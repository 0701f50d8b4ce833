# SPDX-License-Identifier: MIT
# cmake -DNM=... -DLIBRARY=... -P needs.cmake: the C library allocates nothing, asks no clock, starts no
# thread and ends no process, since it does not even name the functions that do.
execute_process(COMMAND ${NM} -u ${LIBRARY} OUTPUT_VARIABLE names COMMAND_ERROR_IS_FATAL ANY)
if(NOT names MATCHES "U memcpy\n")
  message(FATAL_ERROR "${LIBRARY} does not even need memcpy: is that the list?\n${names}")
endif()
string(REGEX MATCHALL
  "U (malloc|calloc|realloc|free|aligned_alloc|posix_memalign|strdup|rand|srand|time|clock|clock_gettime|getenv|abort|exit|__assert_fail|pthread_[a-z_]*|thrd_[a-z]*|mtx_[a-z]*)\n"
  forbidden "${names}")
if(forbidden)
  message(FATAL_ERROR "${LIBRARY} needs:\n${forbidden}")
endif()
