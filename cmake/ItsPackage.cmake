# SPDX-License-Identifier: MIT
# Debian packages, by `cpack -G DEB` in the build folder or ./itsim package: itsim-core-dev (C library), itsim-tlm-dev
# (SystemC modules) and itsim-tools (itsim-replay, traces, documents). One for each component of the
# installation.
set(CPACK_PACKAGE_NAME itsim)
set(CPACK_PACKAGE_CONTACT "The itsim authors <itsim@localhost>") # cpack -D changes it
# CPack puts any text but this default in front of each description.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_NAME} built using CMake")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENTS_ALL core)

# its_package(<component> <package> <section> <depends> <summary> <text>)
macro(its_package component package section depends summary text)
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${depends}")
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}\n${text}")
  # Debian wants the licence in each package; a plain `cmake --install` has it once.
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/${package} RENAME copyright
          COMPONENT ${component} EXCLUDE_FROM_ALL)
endmacro()

its_package(core itsim-core-dev libdevel ""
  "GICv3 ITS as a cycle-level hardware model, C library"
  "The interrupt translation service of Arm's GICv3, clock by clock, with
the redistributors of a GIC-500 or alone (its.h). Static library, headers,
CMake package and pkg-config file.")
if(ITS_TLM_ON)
  list(APPEND CPACK_COMPONENTS_ALL tlm)
  its_package(tlm itsim-tlm-dev libdevel
    "itsim-core-dev (= ${PROJECT_VERSION}), libsystemc-dev, pkgconf | pkg-config"
    "GICv3 ITS as SystemC/TLM-2.0 modules"
    "The modules gic500 and its with their sockets, and a memory for platforms.")
endif()
if(TARGET itsim-replay)
  list(APPEND CPACK_COMPONENTS_ALL tools)
  its_package(tools itsim-tools electronics ""
    "GICv3 ITS model: replays recorded bus traffic of drivers"
    "itsim-replay plays a bus trace through the model, checks every expectation
in it and shows events, counters, latencies and waveforms. With recorded
traces, one of an unmodified Linux boot.")
  set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
endif()

include(CPack)
