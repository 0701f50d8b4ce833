# SPDX-License-Identifier: MIT
# cmake --install: the libraries, what their headers include, a CMake package with the components
# core and tlm, pkg-config files itsim-core and itsim-tlm; the component tools is itsim-replay with
# the traces and the documents.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/itsim)

# Inside the tree a header is found from model/, once installed from include/itsim/.
install(DIRECTORY model/include/itsim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT core
        PATTERN tlm EXCLUDE)
install(DIRECTORY model/arch model/wire model/watch
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/itsim COMPONENT core
        FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(DIRECTORY tests/consumer/c DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT core)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT core)

# its_install(<component> <target>): exported as itsim::<component>.
function(its_install component target)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${component})
  install(TARGETS ${target} EXPORT itsim-${component} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
          COMPONENT ${component})
  if(its_lto STREQUAL "on")
    # Only the very compiler that wrote it can read the intermediate code.
    set(file "\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/lib${target}.a")
    install(CODE "execute_process(COMMAND ${CMAKE_STRIP} --wildcard --remove-section=.gnu.lto_*
                                          --strip-symbol=__gnu_lto_* \"${file}\"
                                  COMMAND_ERROR_IS_FATAL ANY)"
            COMPONENT ${component})
  endif()
  install(EXPORT itsim-${component} NAMESPACE itsim:: DESTINATION ${package_dir}
          COMPONENT ${component})
endfunction()

# its_install_pc(<component> <description> <requires>)
function(its_install_pc component description requires)
  set(name itsim-${component})
  # Relative to where the file lies, so that --prefix at install time is enough.
  file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  file(WRITE ${PROJECT_BINARY_DIR}/${name}.pc "prefix=\${pcfiledir}/${up}
libdir=\${prefix}/${CMAKE_INSTALL_LIBDIR}
includedir=\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}

Name: ${name}
Description: ${description}
Version: ${PROJECT_VERSION}
Requires: ${requires}
Cflags: -I\${includedir} -I\${includedir}/itsim
Libs: -L\${libdir} -litsim_${component}
")
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
          COMPONENT ${component})
endfunction()

its_install(core itsim_core)
its_install_pc(core "GICv3 ITS as a cycle-level model, C library" "")
if(ITS_TLM_ON)
  its_install(tlm itsim_tlm)
  its_install_pc(tlm "GICv3 ITS as SystemC/TLM-2.0 modules" "itsim-core systemc")
  install(DIRECTORY model/include/itsim/tlm DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/itsim
          COMPONENT tlm)
  install(DIRECTORY tests/consumer/systemc DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples
          COMPONENT tlm)
endif()
if(TARGET itsim-replay)
  install(TARGETS itsim-replay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
  install(DIRECTORY tests/traces DESTINATION ${CMAKE_INSTALL_DATADIR}/itsim COMPONENT tools
          FILES_MATCHING PATTERN "*.jsonl")
  # Where they lie in the tree, with the two sources docs/model.md links to: their links stay true.
  install(FILES README.md CONTRIBUTING.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tools)
  install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tools
          FILES_MATCHING PATTERN "*.md")
  install(FILES tests/traces/MATRIX.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/tests/traces
          COMPONENT tools)
  install(FILES model/arch/entry.h model/arch/profile.def
          DESTINATION ${CMAKE_INSTALL_DOCDIR}/model/arch COMPONENT tools)
endif()

configure_package_config_file(cmake/itsimConfig.cmake.in ${PROJECT_BINARY_DIR}/itsimConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/itsimConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/itsimConfig.cmake
              ${PROJECT_BINARY_DIR}/itsimConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT core)
